using System.Diagnostics;
using System.Globalization;

namespace Ingest.Cluster.EndToEnd;

/// <summary>Measures how much clients notice of a fault. Safe for all threads.</summary>
internal sealed class IntakeMeter
{
    // A pause that a client would call a disturbance.
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _began = Stopwatch.GetTimestamp();
    private long _lastSuccess = Stopwatch.GetTimestamp();
    private IntakeReport _report = new();

    /// <summary>A request was answered with success.</summary>
    /// <param name="waited">Since its first try.</param>
    public void Succeeded(TimeSpan waited)
    {
        lock (_gate)
        {
            _report = WithGap() with
            {
                Requests = _report.Requests + 1,
                Slow = _report.Slow + (waited > Long ? 1 : 0),
                Slowest = TimeSpan.FromTicks(Math.Max(waited.Ticks, _report.Slowest.Ticks)),
            };
            _lastSuccess = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>A try was not answered with success, and the client sends again.</summary>
    public void Failed(RequestTry failed)
    {
        lock (_gate)
        {
            _report = _report with
            {
                Unanswered = _report.Unanswered + (failed.Status is null ? 1 : 0),
                Refused = _report.Refused + (failed.Status is null ? 0 : 1),
                WithoutRetryAfter = _report.WithoutRetryAfter + (failed.Status is null || failed.HasRetryAfter ? 0 : 1),
            };
        }
    }

    /// <summary>Forgets what was before.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _began = _lastSuccess = Stopwatch.GetTimestamp();
            _report = new IntakeReport();
        }
    }

    /// <summary>What was measured since <see cref="Restart"/>.</summary>
    public IntakeReport Read()
    {
        lock (_gate)
            return WithGap() with { Lasted = Stopwatch.GetElapsedTime(_began) };
    }

    private IntakeReport WithGap()
    {
        var gap = Stopwatch.GetElapsedTime(_lastSuccess);
        return _report with
        {
            LongestGap = TimeSpan.FromTicks(Math.Max(gap.Ticks, _report.LongestGap.Ticks)),
            InGaps = _report.InGaps + (gap > Long ? gap : TimeSpan.Zero),
        };
    }
}

/// <summary>What clients noticed in some stretch of time.</summary>
internal sealed record IntakeReport
{
    /// <summary>How long it was.</summary>
    public TimeSpan Lasted { get; init; }

    /// <summary>Requests that were answered with success.</summary>
    public int Requests { get; init; }

    /// <summary>Those of them that were answered more than a second after their first try.</summary>
    public int Slow { get; init; }

    /// <summary>Longest time from the first try of a request to its success.</summary>
    public TimeSpan Slowest { get; init; }

    /// <summary>Tries that got no answer. Each was tried again.</summary>
    public int Unanswered { get; init; }

    /// <summary>Tries that were answered 503. Each was tried again.</summary>
    public int Refused { get; init; }

    /// <summary>Those of them that did not say when to try again.</summary>
    public int WithoutRetryAfter { get; init; }

    /// <summary>Longest time in which no request at all was answered with success.</summary>
    public TimeSpan LongestGap { get; init; }

    /// <summary>Sum of all such times of more than a second.</summary>
    public TimeSpan InGaps { get; init; }

    public int Failed => Unanswered + Refused;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Lasted.TotalSeconds:0.0} s, {Requests} requests answered; no success for {InGaps.TotalSeconds:0.0} s in all (gaps over 1 s), longest gap {LongestGap.TotalSeconds:0.0} s; {Slow} requests took over 1 s, the slowest {Slowest.TotalSeconds:0.0} s; {Failed} tries failed and were tried again ({Unanswered} without an answer, {Refused} with 503)");
}
