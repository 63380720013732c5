using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ingest.Collector;
using Ingest.Engine;
using Microsoft.AspNetCore.Http;

namespace Ingest.Node;

/// <summary>
/// Pages for operators and the commands beside the server. Each start makes a new key, which only the owner of the data
/// folder can read.
/// </summary>
internal sealed class AdminPages(NodeHost node, CollectorApp collector, TimeProvider time)
{
    private string? _url;
    private Instant _startedAt;

    /// <summary>The key for <c>Authorization: Bearer</c>.</summary>
    public string Key { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Delegates by exact path.</summary>
    public IReadOnlyDictionary<string, RequestDelegate> Routes =>
        new Dictionary<string, RequestDelegate>(StringComparer.Ordinal) { ["/admin/status"] = StatusAsync };

    public void Started(string url)
    {
        _url = url;
        _startedAt = Instant.From(time.GetUtcNow());
    }

    private async Task StatusAsync(HttpContext context)
    {
        if (!IsAllowed(context))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

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
        var (sources, violations) = await SourceReport.SumAsync(node.Journal.ReadLedgerAsync(since, cancellation));
        return new StatusReport(
            _url,
            _startedAt,
            node.Health.CanStore(out var why) ? node.Health.LastWriteFailure : why,
            node.Lake.Description,
            node.Journal.Id,
            await node.Journal.ReadStatusAsync(cancellation),
            Describe(await node.ShipperStatusAsync()),
            sources,
            since.Start,
            violations,
            node.Partitions.Count,
            node.Partitions.IdCount,
            Enum.GetValues<Answer>()
                .Where(answer => collector.Counters.RequestsOf(answer) > 0)
                .ToDictionary(answer => Answers.Of(answer).Code, collector.Counters.RequestsOf, StringComparer.Ordinal));
    }

    private ShippingReport Describe(ShipperStatus shipper) => new(
        shipper.Breaker switch
        {
            BreakerState.Closed => "closed",
            BreakerState.Open => "open",
            BreakerState.HalfOpen => "half-open",
            _ => throw new InvalidOperationException($"unknown state {shipper.Breaker}"),
        },
        shipper.BreakerSince,
        shipper.LastSuccess,
        shipper.LastFailure?.At,
        shipper.LastFailure?.Detail,
        shipper.InFlight,
        [
            .. shipper.SetAside.Select(aside =>
                $"{LakeLayout.KeyOf(aside.Batch, node.Journal.Id)} ({aside.Batch.Events} events) since {aside.Since}: {aside.Outcome}: {aside.Detail}"),
        ]);

    private bool IsAllowed(HttpContext context)
    {
        const string scheme = "Bearer ";
        var given = context.Request.Headers.Authorization.ToString();
        return given.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(given[scheme.Length..]), Encoding.UTF8.GetBytes(Key));
    }
}
