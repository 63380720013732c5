using Ingest.Hosting;

namespace Ingest.Simulation;

/// <summary>
/// A process of the simulated world: everything that runs in it, and every await within it, comes back through here. So
/// it can be frozen, where what is due waits, and killed, where it never happens.
/// </summary>
internal sealed class SimProcess : SynchronizationContext
{
    private readonly Simulation _simulation;
    private readonly List<Simulation.Step> _held = [];
    private bool _isFrozen;

    /// <param name="simulation">The history that it is part of.</param>
    /// <param name="name">For the trace.</param>
    /// <param name="clockOffset">As <see cref="SimClock.Offset"/>.</param>
    public SimProcess(Simulation simulation, string name, TimeSpan clockOffset = default)
    {
        _simulation = simulation;
        Name = name;
        Number = simulation.NextProcessNumber();
        Clock = new SimClock(simulation, this) { Offset = clockOffset };
        Work = new SimWorkScheduler(simulation, this);
    }

    public string Name { get; }

    public int Number { get; }

    public SimClock Clock { get; }

    public IWorkScheduler Work { get; }

    public bool IsDead { get; private set; }

    public bool IsFrozen => _isFrozen && !IsDead;

    /// <summary>Called once when it is killed, outside of it.</summary>
    public event Action? Killed;

    public override void Post(SendOrPostCallback d, object? state)
    {
        // Finalizers of what a process left behind may post from a thread of their own.
        if (!IsDead && !_simulation.IsOver)
            _simulation.Schedule(this, _simulation.Lag(), d, state);
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing may wait for a process.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Has it do something soon.</summary>
    public void Post(Action action) => Post(static action => ((Action)action!)(), action);

    /// <summary>Starts something that handles its own faults.</summary>
    public void Start(Func<Task> work) => _ = Work.Run(work);

    /// <summary>A step of it is due.</summary>
    public void Take(in Simulation.Step step)
    {
        if (IsDead)
            return;
        if (_isFrozen)
            _held.Add(step);
        else
            _simulation.Execute(step);
    }

    /// <summary>Stops it without its knowledge, as SIGSTOP or a hypervisor does.</summary>
    public void Freeze()
    {
        _isFrozen = true;
        _simulation.Note(Name, "frozen");
    }

    /// <summary>Lets it go on, as if nothing had happened.</summary>
    public void Thaw()
    {
        if (!IsFrozen)
            return;
        _isFrozen = false;
        _simulation.Note(Name, "goes on");
        foreach (var step in _held)
            _simulation.Schedule(this, _simulation.Lag(), step.Callback, step.State);
        _held.Clear();
    }

    /// <summary>Ends it at once, as SIGKILL or a power cut does.</summary>
    public void Kill()
    {
        if (IsDead)
            return;
        IsDead = true;
        _held.Clear();
        _simulation.Note(Name, "killed");
        Killed?.Invoke();
    }
}
