using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ingest.Bench;

/// <summary>
/// The floor: the smallest honest server. It scans each body as JSON, appends it to one file, and answers once the file is
/// synced; what waits shares a sync. It validates, deduplicates and ships nothing. A process of its own, like the others.
/// </summary>
internal sealed class FloorSubject : ISubject
{
    public const string Verb = "floor-server";

    public string Name => "floor";

    public string About => "the smallest honest server: scan as JSON, append to a file, sync, answer";

    public async Task<IRunningSubject> StartAsync(string folder)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])[typeof(FloorSubject).Assembly.Location, Verb, Path.Combine(folder, "floor.log")])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        var port = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The floor did not start.");
        return new Running(process, IPEndPoint.Parse(port));
    }

    /// <summary>The server's process.</summary>
    public static async Task ServeAsync(string file)
    {
        await using var log = new SyncedFile(file);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        await using var web = builder.Build();
        web.Run(async context =>
        {
            var result = await context.Request.BodyReader.ReadAtLeastAsync((int)(context.Request.ContentLength ?? 0));
            Scan(result.Buffer.IsSingleSegment ? result.Buffer.FirstSpan : result.Buffer.ToArray());
            await log.AppendAsync(result.Buffer);
            context.Request.BodyReader.AdvanceTo(result.Buffer.End);
            context.Response.ContentLength = 2;
            await context.Response.Body.WriteAsync("ok"u8.ToArray());
        });
        await web.StartAsync();
        var address = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Console.WriteLine(new Uri(address).Authority);
        await web.WaitForShutdownAsync();
    }

    private static void Scan(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            // Reading is the work.
        }
    }

    private sealed class Running(Process process, IPEndPoint endpoint) : IRunningSubject
    {
        public IPEndPoint Endpoint => endpoint;

        public string Path => "/";

        public ProcessUse Use => ProcessUse.Of(process);

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
