using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Hosting;

/// <summary>
/// Spilled requests that the journal did not take, by position: each rests, longer with every failure, so that those behind it
/// go on. Bounded by <see cref="HostingOptions.SpillRestingMax"/>. Used by one caller at a time.
/// </summary>
internal sealed class RestingRequests(HostingOptions options, TimeProvider time)
{
    // Before any time: to be tried in the next round, whichever it is.
    private const long Released = long.MinValue;

    private readonly Dictionary<long, Rest> _rests = [];

    /// <summary>Positions that are not to be tried now.</summary>
    /// <param name="alsoRested">
    /// Also those whose rest is over. Asked for in every other round, so that however many come back and however long each takes
    /// to fail, what is behind them has its turn.
    /// </param>
    public HashSet<long> Positions(bool alsoRested)
    {
        var before = alsoRested ? Released : time.GetTimestamp();
        return [.. _rests.Where(rest => before < rest.Value.NotBefore).Select(rest => rest.Key)];
    }

    public void Failed(SpilledBatch spilled)
    {
        var rest = _rests.GetValueOrDefault(spilled.Position);
        if (rest.Failures == 0 && _rests.Count >= options.SpillRestingMax)
            return;
        // Longer than the first rest of its source, so that what is behind it comes next.
        var pause = Backoff.Ceiling(rest.Failures + 1, options.SpillPauseMax, options.SpillRestMax);
        _rests[spilled.Position] = new Rest(
            spilled.Source,
            rest.Failures + 1,
            time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency),
            rest.HadSecondChance);
    }

    public void Stored(SpilledBatch spilled) => _rests.Remove(spilled.Position);

    /// <summary>
    /// The journal takes a source's events again: what failed before may have failed with the journal, not by itself, and is
    /// tried at once, in its order; once each.
    /// </summary>
    public void Recovered(string source)
    {
        foreach (var (position, rest) in _rests.Where(rest => rest.Value.Source == source && !rest.Value.HadSecondChance).ToList())
            _rests[position] = rest with { NotBefore = Released, HadSecondChance = true };
    }

    public void Clear() => _rests.Clear();

    private readonly record struct Rest(string Source, int Failures, long NotBefore, bool HadSecondChance);
}
