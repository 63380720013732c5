using System.Diagnostics;

namespace Ingest.Fuzz;

/// <summary>Runs rounds of several targets in turn, one a core at a time.</summary>
/// <param name="targets">The targets; each gets rounds by its weight.</param>
/// <param name="seed">Every choice follows from it.</param>
/// <param name="inputs">Inputs after which no round is begun.</param>
/// <param name="longest">Time after which it ends.</param>
/// <param name="watchdog">Looks after inputs that do not end.</param>
internal sealed class FuzzRunner(
    IReadOnlyList<ITarget> targets, int seed, long inputs, TimeSpan longest, Watchdog watchdog)
{
    /// <summary>Failures after which it ends: more tell nothing new.</summary>
    public const int FindingsMax = 10;

    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly Stopwatch _time = new();
    private readonly List<Finding> _findings = [];
    private readonly Dictionary<string, TargetCounts> _counts =
        targets.ToDictionary(target => target.Name, _ => new TargetCounts(), StringComparer.Ordinal);

    // Each target once, then evenly by weight: a run that ends early has had some of everything.
    private readonly List<(ITarget Target, int Ordinal)> _cycle =
    [
        .. targets.SelectMany(target => Enumerable.Range(0, target.Weight).Select(ordinal => (target, ordinal)))
            .OrderBy(round => (double)round.ordinal / round.target.Weight),
    ];

    private long _next;
    private long _ended;
    private long _bytes;
    private bool _isHung;

    public int Seed => seed;

    /// <summary>Time that it has taken.</summary>
    public TimeSpan Time => _time.Elapsed;

    /// <summary>Inputs that were run.</summary>
    public long Ended
    {
        get
        {
            lock (_lock)
                return _ended;
        }
    }

    /// <summary>Bytes of those inputs.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _bytes;
        }
    }

    /// <summary>What failed, in order.</summary>
    public IReadOnlyList<Finding> Findings
    {
        get
        {
            lock (_lock)
                return [.. _findings];
        }
    }

    /// <summary>Inputs and different outcomes of each target so far.</summary>
    public IReadOnlyList<(string Target, long Inputs, int Outcomes)> Counts
    {
        get
        {
            lock (_lock)
                return [.. _counts.Select(pair => (pair.Key, pair.Value.Inputs, pair.Value.Signals.Count))];
        }
    }

    /// <summary>Runs until there were enough inputs, time is up, or too much failed. Call it once.</summary>
    /// <param name="onFinding">Told of each failure, one at a time.</param>
    public void Run(Action<Finding> onFinding)
    {
        _time.Start();
        // In the background: one that hangs must not keep the process alive.
        var threads = Enumerable.Range(0, Environment.ProcessorCount)
            .Select(_ => new Thread(() => Work(onFinding)) { IsBackground = true }).ToList();
        threads.ForEach(thread => thread.Start());
        while (!threads.TrueForAll(thread => thread.Join(LookPeriod)) && !_isHung)
        {
            if (watchdog.Look(seed) is { } hung)
            {
                _isHung = true;
                Add(hung, onFinding);
            }
        }
        _time.Stop();
    }

    private void Work(Action<Finding> onFinding)
    {
        while (Take() is { } round)
        {
            var finding = round.Run((index, input) =>
            {
                watchdog.Begin(round.Target.Name, index, input);
                return _time.Elapsed < longest;
            });
            watchdog.End();
            lock (_lock)
            {
                _ended += round.Ended;
                _bytes += round.Bytes;
                _counts[round.Target.Name].Inputs += round.Ended;
                _counts[round.Target.Name].Signals.UnionWith(round.Signals);
            }
            if (finding is not null)
                Add(finding, onFinding);
        }
    }

    private Round? Take()
    {
        lock (_lock)
        {
            if (_next * Round.Length >= inputs || _time.Elapsed >= longest
                || _findings.Count >= FindingsMax || _isHung)
                return null;
            var (target, ordinal) = _cycle[(int)(_next % _cycle.Count)];
            var number = (_next / _cycle.Count * target.Weight) + ordinal;
            _next++;
            return new Round(target, seed, number);
        }
    }

    private void Add(Finding finding, Action<Finding> onFinding)
    {
        lock (_lock)
        {
            _findings.Add(finding);
            onFinding(finding);
        }
    }

    private sealed class TargetCounts
    {
        public long Inputs { get; set; }

        public HashSet<ulong> Signals { get; } = [];
    }
}
