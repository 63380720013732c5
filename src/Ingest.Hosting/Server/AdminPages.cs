using System.Text.Json;
using Ingest.Collector;
using Ingest.Engine;
using Microsoft.AspNetCore.Http;

namespace Ingest.Hosting;

/// <summary>Pages for operators and the commands beside the server; all of them want the admin key.</summary>
public sealed class AdminPages(IRuntime runtime, CollectorApp collector, AdminKey key, TimeProvider time)
{
    private string? _url;
    private Instant _startedAt;

    /// <summary>The delegate for a path, or null where it is no admin page.</summary>
    public RequestDelegate? Of(PathString path) =>
        path.Equals("/admin/status", StringComparison.Ordinal) ? Protected(StatusAsync)
        : runtime.PageOf(path) is { } page ? Protected(page)
        : null;

    public void Started(string url)
    {
        _url = url;
        _startedAt = Instant.From(time.GetUtcNow());
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
            await context.Response.WriteAsync(exception.Message, context.RequestAborted);
        }
    }

    private async Task<StatusReport> ReportAsync(CancellationToken cancellation)
    {
        var since = (Instant.From(time.GetUtcNow()) - SourceReport.Window).Hour;
        var (sources, violations) = await SourceReport.SumAsync(runtime.Journal.ReadLedgerAsync(since, cancellation));
        var report = await runtime.ReportAsync(cancellation);
        return new StatusReport(
            _url,
            _startedAt,
            runtime.Health.CanStore(out var why) ? runtime.Health.LastWriteFailure : why,
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
            report.Manifests);
    }
}
