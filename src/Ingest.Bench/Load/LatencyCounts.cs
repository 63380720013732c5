namespace Ingest.Bench;

/// <summary>Counts times to the answer in steps of 0.05 ms; what takes longer than 10 s counts as 10 s.</summary>
internal sealed class LatencyCounts
{
    private const double StepMilliseconds = 0.05;

    private readonly long[] _counts = new long[200_001];

    public void Add(TimeSpan time) =>
        Interlocked.Increment(ref _counts[(int)Math.Clamp(time.TotalMilliseconds / StepMilliseconds, 0, _counts.Length - 1)]);

    /// <summary>The time in milliseconds within which this share of answers came; 0 where there are none.</summary>
    public double Percentile(double share)
    {
        var wanted = (long)Math.Ceiling(_counts.Sum() * share);
        long seen = 0;
        for (var i = 0; i < _counts.Length && wanted > 0; i++)
        {
            seen += _counts[i];
            if (seen >= wanted)
                return (i + 1) * StepMilliseconds;
        }

        return 0;
    }
}
