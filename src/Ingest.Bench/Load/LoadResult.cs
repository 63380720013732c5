namespace Ingest.Bench;

/// <summary>What a load brought.</summary>
/// <param name="Events">Events answered with success within the measured time.</param>
/// <param name="AllEvents">All that were answered with success, also those of requests that ended after it.</param>
/// <param name="AllBytes">Bytes of the bodies of those.</param>
/// <param name="Seconds">The measured time.</param>
/// <param name="Failures">Requests that were answered otherwise, or not at all, or could not even be sent.</param>
/// <param name="P50">Median time to a success, in milliseconds.</param>
/// <param name="P99">The 99th percentile of it.</param>
public sealed record LoadResult(long Events, long AllEvents, long AllBytes, double Seconds, long Failures, double P50, double P99)
{
    public double EventsPerSecond => Events / Seconds;
}
