using System.Net;

namespace Ingest.Regions;

/// <summary>Asks a region at <c>/ready</c> whether it can store events.</summary>
/// <param name="http">The client; its time-out holds for each.</param>
public sealed class ReadinessProbe(HttpClient http)
{
    /// <summary>The header by which a region says what its own watcher set: weights, or nothing.</summary>
    public const string Header = "Ingest-Lever";

    /// <summary>Asks once.</summary>
    /// <param name="region">The region.</param>
    /// <param name="regions">All regions, to read its header.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<Probe> AskAsync(RegionPlace region, IReadOnlyList<string> regions, CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(region.Url, "/ready"), HttpCompletionOption.ResponseHeadersRead, cancellation);
            var automatic = answer.Headers.TryGetValues(Header, out var values)
                && RegionWeights.TryParse(string.Join(' ', values).Split(' '), regions, out var weights, out _) ? weights : null;
            var isReady = answer.StatusCode == HttpStatusCode.OK;
            return new Probe(isReady, isReady ? null : $"it answers {(int)answer.StatusCode}", automatic);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException
            && !cancellation.IsCancellationRequested)
        {
            return Probe.Unreachable(exception is OperationCanceledException ? "no answer in time" : exception.Message.TrimEnd('.'));
        }
    }
}
