namespace Ingest.Tracker;

/// <summary>
/// The device's clocks, and waiting by them. Replaced in tests. Time-outs of requests are not measured by it.
/// </summary>
public abstract class TrackerClock
{
    /// <summary>The clocks of this device.</summary>
    public static TrackerClock System { get; } = new SystemTrackerClock();

    /// <summary>The wall clock. People and time servers set it, so it may step either way.</summary>
    public abstract DateTimeOffset UtcNow { get; }

    /// <summary>
    /// A clock that nobody can set, counted from some beginning. Time in which the device slept counts; time in which a
    /// virtual machine was suspended as a whole does not.
    /// </summary>
    public abstract TimeSpan Elapsed { get; }

    /// <summary>
    /// What <see cref="Elapsed"/> counts from, such as one start of the device: two values compare only where this is the
    /// same text. Null where it does not count sleep, so that no values compare.
    /// </summary>
    public abstract string? Epoch { get; }

    /// <summary>Waits.</summary>
    /// <param name="pause">How long.</param>
    /// <param name="cancellation">Ends it early, with an <see cref="OperationCanceledException"/>.</param>
    public abstract Task DelayAsync(TimeSpan pause, CancellationToken cancellation);
}
