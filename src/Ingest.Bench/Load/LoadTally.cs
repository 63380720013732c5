namespace Ingest.Bench;

/// <summary>Counts answers; used by all connections at once.</summary>
internal sealed class LoadTally(TimeSpan measure)
{
    private readonly LatencyCounts _latencies = new();
    private long _events;
    private long _allEvents;
    private long _allBytes;
    private long _failures;

    /// <param name="answer">How a request ended.</param>
    /// <param name="began">From when on it is timed, from the start of the load.</param>
    /// <param name="ended">When its answer was there.</param>
    public void Add(in Answer answer, TimeSpan began, TimeSpan ended)
    {
        if (!answer.IsSuccess)
        {
            Interlocked.Increment(ref _failures);
            return;
        }

        _latencies.Add(ended - began);
        Interlocked.Add(ref _allEvents, answer.Events);
        Interlocked.Add(ref _allBytes, answer.BodyBytes);
        if (ended <= measure)
            Interlocked.Add(ref _events, answer.Events);
    }

    public void AddNotSent(long requests) => Interlocked.Add(ref _failures, requests);

    public LoadResult Sum() =>
        new(_events, _allEvents, _allBytes, measure.TotalSeconds, _failures, _latencies.Percentile(0.5), _latencies.Percentile(0.99));
}
