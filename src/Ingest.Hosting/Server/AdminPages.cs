using System.Globalization;
using System.Text.Json;
using Ingest.Collector;
using Ingest.Engine;
using Microsoft.AspNetCore.Http;

namespace Ingest.Hosting;

/// <summary>Pages for operators and the commands beside the server; all of them want the admin key.</summary>
public sealed class AdminPages(
    IRuntime runtime, CollectorApp collector, CollectorConfiguration configuration, AdminKey key, TimeProvider time)
{
    private readonly ReplayPage _replay = new(() => runtime.Intake, collector.Gate, configuration, time);
    private string? _url;
    private Instant _startedAt;

    /// <summary>The path by which a receiver is promoted.</summary>
    public const string PromotePath = "/admin/v1/region/promote";

    /// <summary>The delegate for a path, or null where it is no admin page.</summary>
    public RequestDelegate? Of(PathString path) =>
        path.Equals("/admin/status", StringComparison.Ordinal) ? Protected(StatusAsync)
        : path.Equals(ReplayPage.Path, StringComparison.Ordinal) ? Protected(_replay.HandleAsync)
        : path.Equals(PromotePath, StringComparison.Ordinal) ? Protected(PromoteAsync)
        : runtime.PageOf(path) is { } page ? Protected(page)
        : null;

    public void Started(string url)
    {
        _url = url;
        _startedAt = Instant.From(time.GetUtcNow());
    }

    /// <summary>Makes this region the primary; the query names it, so that no other is promoted by mistake.</summary>
    private async Task PromoteAsync(HttpContext context)
    {
        var name = context.Request.Query["region"].ToString();
        var (status, text) = !HttpMethods.IsPost(context.Request.Method) ? (StatusCodes.Status405MethodNotAllowed, "POST it.")
            : runtime.Relays?.State is not { } region ? (StatusCodes.Status409Conflict, "This server has no region: it was started without --region.")
            : region.Name != name ? (StatusCodes.Status409Conflict, $"This is region {region.Name}, not '{name}'.")
            : await region.PromoteAsync(context.RequestAborted) is { } problem ? (StatusCodes.Status503ServiceUnavailable, $"Region {region.Name} is not promoted: {problem}")
            : (StatusCodes.Status200OK, $"Region {region.Name} is a primary.");
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    private RequestDelegate Protected(RequestDelegate page) =>
        context => key.Admits(context) ? page(context) : Task.CompletedTask;

    private async Task StatusAsync(HttpContext context)
    {
        try
        {
            var report = await ReportAsync(context.RequestAborted);
            context.Response.ContentType = "application/json";
            await JsonSerializer.SerializeAsync(
                context.Response.Body, report, StatusJson.Default.StatusReport, context.RequestAborted);
        }
        catch (Exception exception) when (exception is JournalUnavailableException or JournalCorruptException)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await context.Response.WriteAsync(exception.Message + await SpilledAsync(context.RequestAborted), context.RequestAborted);
        }
    }

    /// <summary>What is safe though the journal is away, one sentence; empty where there is no spill.</summary>
    private async Task<string> SpilledAsync(CancellationToken cancellation)
    {
        var spills = (await runtime.ReportAsync(cancellation)).Silos.Select(silo => silo.Spill).OfType<SpillReport>().ToList();
        return spills.Count == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $" The spills of {spills.Count} silos hold {spills.Sum(spill => spill.Events)} events ({spills.Sum(spill => spill.Bytes)} bytes) until it is back.");
    }

    /// <summary>Why events cannot be stored now. Where another place takes them, a write that failed is no reason.</summary>
    private string? NotReady() =>
        !runtime.Health.CanStore(out var why) ? why
        : runtime.Health.HasOtherRoom?.Invoke() == true ? null
        : runtime.Health.LastWriteFailure;

    private async Task<StatusReport> ReportAsync(CancellationToken cancellation)
    {
        var since = (Instant.From(time.GetUtcNow()) - SourceReport.Window).Hour;
        var (sources, violations) = await SourceReport.SumAsync(runtime.Journal.ReadLedgerAsync(since, cancellation));
        var report = await runtime.ReportAsync(cancellation);
        return new StatusReport(
            _url,
            _startedAt,
            NotReady(),
            runtime.Lake.Description,
            runtime.Journal.Id,
            await runtime.Journal.ReadStatusAsync(cancellation),
            report.Shipping,
            sources,
            since.Start,
            violations,
            report.Partitions,
            report.DedupeIds,
            Enum.GetValues<Answer>()
                .Where(answer => collector.Counters.RequestsOf(answer) > 0)
                .ToDictionary(answer => Answers.Of(answer).Code, collector.Counters.RequestsOf, StringComparer.Ordinal),
            report.Silos,
            report.Manifests,
            runtime.Relays?.Report(report.Bridge),
            report.Lever,
            ProcessFacts.Read());
    }
}
