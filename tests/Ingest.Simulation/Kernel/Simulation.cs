namespace Ingest.Simulation;

/// <summary>
/// Runs everything of one history on one thread, on a virtual clock: whatever is due next, and among what is due at the
/// same moment in an order that follows from the seed. Where nothing is due, time leaps.
/// </summary>
internal sealed class Simulation
{
    /// <summary>Far above what any history takes: something goes round without end.</summary>
    private const long StepsMax = 1_000_000;

    private readonly PriorityQueue<Step, (long Due, uint Tie)> _steps = new();
    private readonly Chance _order;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private int _processes;

    public Simulation(int seed, Trace trace)
    {
        Trace = trace;
        var root = new Chance(seed);
        _order = new Chance(root.Seed());
        Chance = new Chance(root.Seed());
    }

    /// <summary>Decides on everything but the order of steps.</summary>
    public Chance Chance { get; }

    public Trace Trace { get; }

    /// <summary>Virtual time since the start.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Number of steps so far.</summary>
    public long Steps { get; private set; }

    /// <summary>The first rule that was broken; null while all hold.</summary>
    public Violation? Violation { get; private set; }

    /// <summary>No step will run any more.</summary>
    public bool IsOver { get; private set; }

    public int NextProcessNumber() => _processes++;

    /// <summary>A rule is broken: the history ends after this step. The first one counts.</summary>
    public void Fail(string rule, string what)
    {
        if (Violation is not null)
            return;
        Violation = new Violation(rule, what, Steps, Now);
        Note("RULE", $"broken: {rule}: {what}");
    }

    public void Note(string who, string what) => Trace.Note(Now, Steps, who, what);

    /// <summary>Has a process do something after a delay.</summary>
    public void Schedule(SimProcess process, TimeSpan delay, SendOrPostCallback callback, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException($"Something left the simulated thread, so the history cannot be repeated: {(state as Delegate)?.Target ?? state}");
        _steps.Enqueue(new Step(process, callback, state), ((Now + delay).Ticks, (uint)_order.Random.NextInt64(1L << 32)));
    }

    /// <summary>A small delay that a scheduler or a timer may add: most of the time none.</summary>
    public TimeSpan Lag() => _order.OneIn(16) ? new TimeSpan(_order.Next(30_000)) : TimeSpan.Zero;

    /// <summary>Runs until something holds, or a rule is broken; one is that there is always something to do.</summary>
    public void Run(Func<bool> isOver)
    {
        var outer = SynchronizationContext.Current;
        try
        {
            while (Violation is null && !isOver())
            {
                if (!_steps.TryDequeue(out var step, out var when))
                {
                    Fail("liveness: time goes on", "nothing is left to do, and the history is not over");
                    return;
                }

                Now = new TimeSpan(when.Due);
                step.Process.Take(step);
            }
        }
        finally
        {
            IsOver = true;
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    /// <summary>Runs one step as its process.</summary>
    public void Execute(in Step step)
    {
        if (++Steps > StepsMax)
            Fail("liveness: time goes on", $"{step.Process.Name} makes step {Steps}");
        Trace.Mix(Now.Ticks);
        Trace.Mix(step.Process.Number);
        SynchronizationContext.SetSynchronizationContext(step.Process);
        try
        {
            step.Callback(step.State);
        }
        catch (Exception exception)
        {
            Fail("no fault escapes", $"{step.Process.Name}: {exception}");
        }
    }

    /// <summary>Something that a process will do.</summary>
    public readonly record struct Step(SimProcess Process, SendOrPostCallback Callback, object? State);
}

/// <summary>A broken rule.</summary>
/// <param name="Rule">Which, in a few words.</param>
/// <param name="What">What was found.</param>
/// <param name="Step">Number of the step that broke it.</param>
/// <param name="Time">Virtual time of it.</param>
internal sealed record Violation(string Rule, string What, long Step, TimeSpan Time);
