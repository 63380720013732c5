using System.Text;
using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>
/// The disk of one process's spill, as it is after the last sync. It outlives the process: the next one that is started on it
/// finds what is there.
/// </summary>
/// <param name="rules">Told of what a sync made durable, or removed.</param>
/// <param name="number">Which disk, for the trace.</param>
/// <param name="bytesMax">Bytes of requests that it takes.</param>
internal sealed class SpillDisk(Rules rules, int number, long bytesMax)
{
    private readonly SortedDictionary<long, SpilledRequest> _requests = [];
    private long _nextPosition = 1;

    public int Number => number;

    public long BytesMax => bytesMax;

    /// <summary>The process that has it; null while none has.</summary>
    public SimProcess? Owner { get; set; }

    /// <summary>No process is started on it: its machine is gone, for a while or for good.</summary>
    public bool IsGone { get; set; }

    /// <summary>The requests, by position.</summary>
    public IReadOnlyDictionary<long, SpilledRequest> Requests => _requests;

    public long Bytes { get; private set; }

    /// <summary>A request was synced.</summary>
    public void Add(SpilledRequest request)
    {
        _requests.Add(_nextPosition++, request);
        Bytes += request.Bytes.Length;
        rules.OnSpilled(request);
    }

    /// <summary>The removal of requests was synced.</summary>
    public void Remove(IEnumerable<long> positions)
    {
        foreach (var position in positions)
        {
            if (!_requests.Remove(position, out var request))
                continue;
            Bytes -= request.Bytes.Length;
            rules.OnUnspilled(request);
        }
    }
}

/// <summary>A request on the disk of a spill.</summary>
/// <param name="Source">Its source.</param>
/// <param name="Bytes">The events, encoded.</param>
/// <param name="Events">The same, as clients know them, each with its first receipt.</param>
internal sealed record SpilledRequest(string Source, byte[] Bytes, IReadOnlyList<(SimEvent Event, Instant Received)> Events)
{
    public static SpilledRequest Of(string source, EventBatch batch, byte[] bytes, Instant received)
    {
        var events = new List<(SimEvent, Instant)>();
        foreach (ref readonly var entry in batch.Events)
            events.Add((SimEvent.Parse(RelaySource.PlainOf(source), Encoding.UTF8.GetString(batch[entry.Id])), entry.ReceivedAt == EventEntry.NoTime ? received : new Instant(entry.ReceivedAt)));
        return new SpilledRequest(source, bytes, events);
    }
}
