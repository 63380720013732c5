namespace Ingest.Engine;

/// <summary>
/// How fast a bridge delivers: a little faster with every chunk, half as fast with every push-back, so that several bridges
/// and the live traffic of the primary share it.
/// </summary>
public sealed class RelayPace(RelayLimits limits)
{
    /// <summary>Line bytes a second.</summary>
    public long BytesPerSecond { get; private set; } = limits.RateStart;

    /// <summary>A chunk was stored.</summary>
    /// <param name="bytes">Bytes of its lines.</param>
    /// <param name="took">Time until the answer.</param>
    /// <returns>How long to wait before the next one.</returns>
    public TimeSpan Delivered(int bytes, TimeSpan took)
    {
        if (took > limits.SlowAnswer)
            PushedBack();
        else
            BytesPerSecond = Math.Min(BytesPerSecond + limits.RateStep, limits.RateMax);
        var pause = TimeSpan.FromSeconds((double)bytes / BytesPerSecond) - took;
        return pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
    }

    /// <summary>The primary asked for less, or did not answer in time.</summary>
    public void PushedBack() => BytesPerSecond = Math.Max(BytesPerSecond / 2, limits.RateMin);
}
