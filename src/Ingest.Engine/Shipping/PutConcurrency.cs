namespace Ingest.Engine;

/// <summary>
/// How many puts may be under way at once: halved when the lake asks for less, one more after each round of successes
/// (additive increase, multiplicative decrease), so that it settles at what the lake bears.
/// </summary>
internal sealed class PutConcurrency
{
    private readonly int _max;
    private int _successes;

    /// <param name="max">The most that is ever allowed, at least 1.</param>
    public PutConcurrency(int max)
    {
        _max = max;
        Allowed = max;
    }

    /// <summary>1 to the maximum. More may be under way for a while after it was halved.</summary>
    public int Allowed { get; private set; }

    public void Throttled()
    {
        Allowed = Math.Max(1, Allowed / 2);
        _successes = 0;
    }

    public void Succeeded()
    {
        if (Allowed == _max || ++_successes < Allowed)
            return;
        Allowed++;
        _successes = 0;
    }
}
