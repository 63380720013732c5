using System.Net;
using Ingest.Collector;
using Ingest.Engine;
using Ingest.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingest.Node;

/// <summary><c>ingest run</c>: reads everything it was told, says every mistake at once, and serves until it is asked to stop.</summary>
internal static class RunHost
{
    private const int Done = 0;
    private const int BadSettings = 2;
    private const int BadStorage = 3;

    public static async Task<int> RunAsync(RunSettings settings)
    {
        using var signals = new StopSignals();
        if (!TryRead(settings, out var plan, out var mistakes))
            return Complain(BadSettings, mistakes);
        try
        {
            return await ServeAsync(settings, plan, signals);
        }
        catch (Exception exception) when (exception
            is JournalCorruptException or JournalUnavailableException or LakeUnavailableException or IOException or UnauthorizedAccessException)
        {
            return Complain(BadStorage, [exception.Message]);
        }
    }

    private static async Task<int> ServeAsync(RunSettings settings, Plan plan, StopSignals signals)
    {
        await using var web = Build(plan);
        var loggers = web.Services.GetRequiredService<ILoggerFactory>();
        var log = new NodeLog(loggers.CreateLogger("Ingest.Node"));
        var (options, time) = (new NodeOptions(), TimeProvider.System);

        var lake = await plan.Lake.OpenAsync(CancellationToken.None);
        var journal = await SqliteJournal.OpenAsync(
            new SqliteJournalOptions { Folder = Path.Combine(settings.Data, "journal"), OnFault = log.JournalFault });
        await using var node = new NodeHost(journal, lake, plan.Configuration.Catalogue, plan.Limits, options, time, log);
        await node.StartAsync(CancellationToken.None);

        var collector = new CollectorApp(
            plan.Configuration.Settings, plan.Configuration.Catalogue, node.Intake, node.Health, time, loggers.CreateLogger<CollectorApp>());
        var admin = new AdminPages(node, collector, time);
        CollectorServer.Use(web, collector, admin.Routes);
        await web.StartAsync();
        var url = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        admin.Started(url);
        Describe(settings, admin.Key, url).Write(settings.Data);
        Banner.Print(Console.Out, url, lake, settings, plan.Configuration.Catalogue);

        using (var stopReloading = new CancellationTokenSource())
        {
            var reloader = new SourceReloader(settings.Config, plan.Configuration, time, loggers.CreateLogger<SourceReloader>());
            var reloading = reloader.RunAsync(SourceReloader.DefaultPeriod, stopReloading.Token);
            await signals.Asked;
            await stopReloading.CancelAsync();
            // Whatever became of it, draining comes next.
            await reloading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        log.Stopping();
        node.Health.Stopping();
        using (var patience = new CancellationTokenSource(options.RequestDrain))
            await web.StopAsync(patience.Token);
        await node.DrainAsync(settings.Drain);
        log.Stopped((await journal.ReadStatusAsync(CancellationToken.None)).Pending);
        return Done;
    }

    private static WebApplication Build(Plan plan)
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
            .AddFilter("Ingest", LogLevel.Information);
        CollectorServer.Configure(builder, plan.Configuration.Settings.Limits, [plan.Endpoint]);
        return builder.Build();
    }

    /// <summary>Reads every setting; collects what is wrong with all of them.</summary>
    private static bool TryRead(RunSettings settings, out Plan plan, out IReadOnlyList<string> mistakes)
    {
        var found = new List<string>();
        var lake = LakeLocation.Parse(settings.Lake, option => settings.LakeOptions.GetValueOrDefault(option.Name), found);
        var limits = new Limits { SealAge = settings.SealAge, SealBytes = settings.SealBytes, ShipConcurrency = settings.ShipConcurrency };
        found.AddRange(limits.Violations());
        if (!Configuration.TryLoad(settings.Config, out var configuration, out var errors))
            found.AddRange(errors.Select(error => Path.Combine(settings.Config, error.ToString())));
        if (!IPAddress.TryParse(settings.Host, out var address))
            found.Add($"--host {settings.Host}: write an IP address, such as 127.0.0.1, or 0.0.0.0 for all of them.");
        mistakes = found;
        plan = found.Count == 0 ? new Plan(lake!, limits, configuration!, new IPEndPoint(address!, settings.Port)) : null!;
        return found.Count == 0;
    }

    private static NodeFile Describe(RunSettings settings, string adminKey, string url) => new(
        url,
        Environment.ProcessId,
        TimeProvider.System.GetUtcNow(),
        settings.Lake.Contains("://", StringComparison.Ordinal) ? settings.Lake : Path.GetFullPath(settings.Lake),
        settings.LakeOptions,
        adminKey);

    private static int Complain(int exitCode, IReadOnlyList<string> mistakes)
    {
        foreach (var mistake in mistakes)
            Console.Error.WriteLine(mistake);
        return exitCode;
    }

    /// <summary>Everything the server was told, read and found right.</summary>
    private sealed record Plan(LakeLocation Lake, Limits Limits, CollectorConfiguration Configuration, IPEndPoint Endpoint);
}
