namespace Ingest.Regions.Tests;

/// <summary>Two regions, the lines between them and the lever, and a watcher in each, on a virtual clock.</summary>
internal sealed class RegionWorld
{
    public static readonly string[] Names = ["us-east-1", "us-west-2"];
    public static readonly RegionWeights Normal = new([new(Names[0], 95), new(Names[1], 5)]);

    private static readonly WatcherOptions Options = new()
    {
        IsAutomatic = true,
        Period = TimeSpan.FromSeconds(5),
        DownAfter = TimeSpan.FromSeconds(30),
        UpAfter = TimeSpan.FromSeconds(60),
        Hold = TimeSpan.FromSeconds(180),
        Steps = [50],
    };

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly Random _random;
    private readonly Watcher[] _watchers = [New(0), New(1)];
    private readonly TimeSpan[] _next = [TimeSpan.Zero, TimeSpan.FromSeconds(2)];
    private readonly TimeSpan?[] _vantageDownSince = new TimeSpan?[2];
    private readonly TimeSpan?[] _firstReadAt = new TimeSpan?[2];
    private TimeSpan _now = TimeSpan.FromHours(1);
    private TimeSpan? _changedAt;
    private bool _isByHand;
    private RegionWeights? _byHand;
    private Action? _late;

    public RegionWorld(Random random) => _random = random;

    public RegionWeights Lever { get; private set; } = Normal;

    public bool[] IsUp { get; } = [true, true];

    public bool IsLineCut { get; set; }

    public bool IsVantageBlind { get; set; }

    public bool HasPeople { get; init; } = true;

    public bool HasRestarts { get; init; } = true;

    public int Moves { get; private set; }

    public int Looks { get; private set; }

    public List<string> Violations { get; } = [];

    public void Heal() => (IsUp[0], IsUp[1], IsLineCut, IsVantageBlind) = (true, true, false, false);

    public void Run(TimeSpan time, bool withFaults)
    {
        for (var end = _now + time; _now < end; _now += Tick)
        {
            if (withFaults)
                Fault();
            for (var region = 0; region < 2; region++)
            {
                _vantageDownSince[region] = HealthOf(region) == VantageHealth.Down ? _vantageDownSince[region] ?? _now : null;
                if (_now < _next[region])
                    continue;
                _next[region] = _now + TimeSpan.FromSeconds(_random.Next(4, 7));
                Look(region, withFaults);
            }

            (var late, _late) = (_late, null);
            late?.Invoke();
        }
    }

    private static Watcher New(int region) => new(Names[region], Names[1 - region], Normal, Options);

    /// <summary>About one change of the world in two minutes.</summary>
    private void Fault()
    {
        if (_random.Next(120) != 0)
            return;
        switch (_random.Next(7))
        {
            case 0 or 1 or 2:
                var region = _random.Next(2);
                IsUp[region] = !IsUp[region];
                break;
            case 3:
                IsLineCut = !IsLineCut;
                break;
            case 4:
                IsVantageBlind = !IsVantageBlind;
                break;
            case 5 when HasPeople:
                var share = _random.Next(3) == 0 ? 95 : _random.Next(101);
                SetByHand(Normal.With(name => name == Names[0] ? share : 100 - share));
                break;
            case 6 when HasRestarts:
                var anew = _random.Next(2);
                _watchers[anew] = New(anew);
                _firstReadAt[anew] = null;
                break;
        }
    }

    private void SetByHand(RegionWeights wanted)
    {
        if (wanted.Equals(Lever))
            return;
        (Lever, _changedAt, _byHand) = (wanted, _now, wanted);
        _isByHand = !wanted.Equals(Normal);
    }

    private void Look(int region, bool withFaults)
    {
        Looks++;
        // Processes of a region that is down do not look at anything.
        if (!IsUp[region])
            return;
        var other = 1 - region;
        var probe = IsLineCut || !IsUp[other] || IsLost() ? Probe.Unreachable("no answer") : new Probe(true, null, _watchers[other].Automatic);
        var health = Enumerable.Range(0, 2).ToDictionary(index => Names[index], HealthOf, StringComparer.Ordinal);
        var reading = IsLost() ? null : new LeverReading(Lever, health);
        if (reading is not null)
            _firstReadAt[region] ??= _now;
        var decision = _watchers[region].Observe(new Observation(_now, true, probe, reading));
        if (decision.Wanted is not { } wanted)
            return;
        if (IsLost())
        {
            // Sent, and done a moment later or never: the watcher does not hear of it.
            if (_random.Next(2) == 0)
                _late = () => Set(region, decision.Present!, wanted, decision.Kind);
            return;
        }

        Set(region, decision.Present!, wanted, decision.Kind);
        if (Lever.Equals(wanted))
            _watchers[region].Moved(_now, wanted);

        bool IsLost() => withFaults && _random.Next(20) == 0;
    }

    private void Set(int region, RegionWeights present, RegionWeights wanted, DecisionKind kind)
    {
        if (!Lever.Equals(present))
            return;
        var who = $"{_now}: the watcher of {Names[region]} set {wanted} over {present}";
        if (_isByHand && Lever.Equals(_byHand))
            Violations.Add($"{who}, which a person had set");
        // A watcher that started after it does not know when the last change was.
        if (_changedAt is { } changed && _now - changed < Options.Hold && _firstReadAt[region] <= changed)
            Violations.Add($"{who}, {_now - changed} after the last change");
        if (kind == DecisionKind.MoveAway && (_vantageDownSince[1 - region] is not { } since || _now - since < Options.DownAfter - Tick))
            Violations.Add($"{who}, though the witness had not said for so long that the other is down");
        for (var index = 0; index < 2; index++)
        {
            if (wanted[Names[index]] == 100 && HealthOf(index) != VantageHealth.Up)
                Violations.Add($"{who}, though that region is not ready");
        }

        (Lever, _changedAt, _isByHand) = (wanted, _now, false);
        Moves++;
    }

    private VantageHealth HealthOf(int region) =>
        IsVantageBlind ? VantageHealth.Unknown : IsUp[region] ? VantageHealth.Up : VantageHealth.Down;
}
