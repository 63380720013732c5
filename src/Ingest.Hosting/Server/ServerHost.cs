using System.Data.Common;
using Ingest.Collector;
using Ingest.Engine;
using Ingest.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingest.Hosting;

/// <summary><c>ingest run</c>: reads everything it was told, says every mistake at once, and serves until it is asked to stop.</summary>
public static class ServerHost
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int BadSettings = 2;
    private const int BadStorage = 3;

    /// <summary>Runs a server to its end.</summary>
    /// <param name="settings">The command line.</param>
    /// <param name="runtime">Hosts partitions and shippers; disposed at the end.</param>
    /// <param name="moreMistakes">What is wrong with settings that the runtime read by itself.</param>
    /// <returns>The exit code: 0 stopped as asked, 1 a part of it failed, 2 settings are wrong, 3 storage is not as it must be.</returns>
    public static async Task<int> RunAsync(RunSettings settings, IRuntime runtime, IReadOnlyList<string> moreMistakes)
    {
        using var signals = new StopSignals();
        await using (runtime)
        {
            if (!ServerPlan.TryRead(settings, out var plan, out var mistakes) || moreMistakes.Count > 0)
                return Complain(BadSettings, [.. mistakes, .. moreMistakes]);
            try
            {
                return await ServeAsync(plan, runtime, signals);
            }
            catch (Exception exception) when (exception
                is JournalCorruptException or JournalUnavailableException or LakeUnavailableException or DbException or IOException or UnauthorizedAccessException)
            {
                return Complain(BadStorage, [exception.Message]);
            }
            catch (Exception exception) when (runtime.Explain(exception) is { } sentence)
            {
                return Complain(Failed, [sentence]);
            }
        }
    }

    private static async Task<int> ServeAsync(ServerPlan plan, IRuntime runtime, StopSignals signals)
    {
        await using var web = Build(plan, runtime);
        var loggers = web.Services.GetRequiredService<ILoggerFactory>();
        var log = new HostingLog(loggers.CreateLogger("Ingest.Server"));
        var (options, time) = (new HostingOptions(), TimeProvider.System);
        await runtime.OpenAsync(web, plan, log);
        await RequireRegionAsync(runtime, options);

        var (settings, configuration) = (plan.Settings, plan.Configuration);
        var collector = new CollectorApp(
            configuration.Settings, configuration.Catalogue, IntakeOf(runtime), runtime.Health, time, loggers.CreateLogger<CollectorApp>());
        var admin = new AdminPages(runtime, collector, configuration, plan.AdminKey, time);
        var relays = runtime.Relays?.CreatePage(collector.Gate, configuration.Settings.Limits, runtime.Health);
        using var list = RegionListLoop.Create(plan, runtime.Lake, time, log);
        var pages = new RegionPages(runtime, collector, relays, list);
        CollectorServer.Use(web, collector, path => pages.Of(path) ?? admin.Of(path));
        await web.StartAsync();
        var server = web.Services.GetRequiredService<IServer>();
        var url = server.Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        admin.Started(url);
        Directory.CreateDirectory(settings.Data);
        Describe(plan, url).Write(settings.Data);
        Banner.Print(Console.Out, url, runtime, plan);

        using (var stopReloading = new CancellationTokenSource())
        {
            var reloader = new SourceReloader(settings.Config, configuration, time, loggers.CreateLogger<SourceReloader>());
            var reloading = Task.WhenAll(
                reloader.RunAsync(SourceReloader.DefaultPeriod, stopReloading.Token),
                list?.RunAsync(stopReloading.Token) ?? Task.CompletedTask);
            await Task.WhenAny(signals.Asked, StoppedAsync(web));
            await stopReloading.CancelAsync();
            // Whatever became of it, draining comes next.
            await reloading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!signals.Asked.IsCompleted)
            log.Failed();
        log.Stopping();
        runtime.Health.Stopping();
        await Task.Delay(runtime.LeaveDelay);
        using (var patience = new CancellationTokenSource(options.RequestDrain))
            await server.StopAsync(patience.Token);
        await StopAsync(web, runtime, settings.Drain, log);
        await LogBacklogAsync(runtime.Journal, log, options);
        return signals.Asked.IsCompleted ? Done : Failed;
    }

    /// <summary>A receiver's journal without its region would keep a backlog that nobody delivers, and say nothing of it.</summary>
    private static async Task RequireRegionAsync(IRuntime runtime, HostingOptions options)
    {
        if (runtime.Relays is not null)
            return;
        using var patience = new CancellationTokenSource(options.LoadTimeout);
        var counts = await runtime.Journal.ReadPartitionCountsAsync(patience.Token);
        if (counts.Keys.FirstOrDefault(RelaySource.IsRelay) is { } relay)
        {
            throw new JournalUnavailableException(
                $"This journal is of a receiver ({relay}), whose backlog only a bridge delivers: start it with --region as before. A region whose backlog is empty may be given any role.",
                mayPass: false);
        }
    }

    /// <summary>The way in of the collector: of a region that may relay, by its role.</summary>
    private static IIntake IntakeOf(IRuntime runtime) =>
        runtime.Relays is { } relays ? new RelayingIntake(runtime.Intake, relays.State) : runtime.Intake;

    /// <summary>Drains and leaves. Whatever holds it up, the process must end: the rest is safe in the journal.</summary>
    private static async Task StopAsync(WebApplication web, IRuntime runtime, TimeSpan shipFor, HostingLog log)
    {
        try
        {
            await runtime.DrainAsync(shipFor);
        }
        catch (Exception exception)
        {
            log.NotStoppedCleanly(exception);
        }

        try
        {
            await web.StopAsync();
        }
        catch (Exception exception)
        {
            log.NotStoppedCleanly(exception);
        }
    }

    /// <summary>Ends when the host stops by itself: a part of it failed.</summary>
    private static async Task StoppedAsync(WebApplication web)
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = web.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        await stopping.Task;
    }

    private static async Task LogBacklogAsync(IJournal journal, HostingLog log, HostingOptions options)
    {
        using var patience = new CancellationTokenSource(options.RequestDrain);
        try
        {
            log.Stopped((await journal.ReadStatusAsync(patience.Token)).Pending);
        }
        catch (Exception exception) when (exception is JournalUnavailableException or OperationCanceledException)
        {
            log.StoppedWithoutJournal(exception);
        }
    }

    private static WebApplication Build(ServerPlan plan, IRuntime runtime)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "yyyy-MM-dd HH:mm:ss ";
                console.UseUtcTimestamp = true;
            })
            .SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Ingest", LogLevel.Information)
            // It says each request's begin and end, which nobody wants, and costs an activity a request when it may speak at all.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
            // Its start-up advice to use the server collector; bounded memory comes first here.
            .AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = new HostingOptions().LeaveTimeout);
        CollectorServer.Configure(builder, plan.Configuration.Settings.Limits, [plan.Endpoint]);
        runtime.Configure(builder, plan);
        return builder.Build();
    }

    private static NodeFile Describe(ServerPlan plan, string url) => new(
        url,
        Environment.ProcessId,
        TimeProvider.System.GetUtcNow(),
        plan.Settings.Lake.Contains("://", StringComparison.Ordinal) ? plan.Settings.Lake : Path.GetFullPath(plan.Settings.Lake),
        plan.Settings.LakeOptions,
        plan.AdminKey.Text);

    private static int Complain(int exitCode, IReadOnlyList<string> mistakes)
    {
        foreach (var mistake in mistakes)
            Console.Error.WriteLine(mistake);
        return exitCode;
    }
}
