using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>The rules about events that one process alone has on its disk.</summary>
internal sealed partial class Rules
{
    private const string SuccessMeansDurable = "1: success means durable";

    private readonly Dictionary<SimEvent, int> _copiesInSpills = [];
    private readonly HashSet<(SimEvent Event, Instant Received)> _firstReceipts = regions?.FirstReceipts ?? [];
    private readonly HashSet<SimEvent> _answered = [];

    /// <summary>Requests that were spilled so far.</summary>
    public int SpilledCount { get; private set; }

    /// <summary>A request is on the disk of a spill.</summary>
    public void OnSpilled(SpilledRequest request)
    {
        SpilledCount++;
        foreach (var sent in request.Events)
        {
            _firstReceipts.Add(sent);
            _copiesInSpills[sent.Event] = _copiesInSpills.GetValueOrDefault(sent.Event) + 1;
        }
    }

    /// <summary>A request has left the disk of a spill.</summary>
    public void OnUnspilled(SpilledRequest request)
    {
        foreach (var (sent, _) in request.Events)
        {
            if (!IsCommitted(sent))
                simulation.Fail("7: space comes back only once it is stored", $"{sent.Id} has left a spill, and is in no committed block");
            if (--_copiesInSpills[sent] == 0)
                _copiesInSpills.Remove(sent);
        }
    }

    /// <summary>
    /// Once faults have ended and all spills that came back are empty: what was answered with success is in the journal. Events
    /// on a disk that never comes back are outside the promise until it does.
    /// </summary>
    public void CheckAnswered()
    {
        if (_answered.FirstOrDefault(sent => !IsDurable(sent)) is { Source: not null } lost)
            simulation.Fail(SuccessMeansDurable, $"{lost.Id} was answered with success, and is nowhere");
    }

    /// <summary>Events that were answered with success.</summary>
    public IReadOnlyCollection<SimEvent> Answered => _answered;

    /// <summary>True where a disk of a spill has the event.</summary>
    public bool IsSpilled(SimEvent sent) => _copiesInSpills.ContainsKey(sent);

    private bool IsDurable(SimEvent sent) => IsCommitted(sent) || IsSpilled(sent);
}
