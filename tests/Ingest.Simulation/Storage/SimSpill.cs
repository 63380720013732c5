using System.Globalization;
using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Simulation;

/// <summary>
/// A process's spill on a disk: what waits together is synced together, and answered then. When the process dies, what was
/// being synced is on the disk or not, and what waited is not.
/// </summary>
internal sealed class SimSpill : ISpill
{
    private static readonly TimeSpan SyncMax = TimeSpan.FromMilliseconds(5);

    private readonly Simulation _simulation;
    private readonly SimProcess _process;
    private readonly SpillDisk _disk;
    private readonly HashSet<long> _offered = [];
    private List<Write> _waiting = [];
    private List<Write> _syncing = [];
    private long _bytesUnderWay;

    public SimSpill(Simulation simulation, SimProcess process, SpillDisk disk)
    {
        (_simulation, _process, _disk) = (simulation, process, disk);
        disk.Owner = process;
        process.Killed += OnKilled;
    }

    /// <summary>Share of writes that the disk fails, 0 to 1.</summary>
    public double Faults { get; set; }

    public string Folder => string.Create(CultureInfo.InvariantCulture, $"disk{_disk.Number}");

    public long BytesMax => _disk.BytesMax;

    public bool HasRoom => _disk.Bytes < _disk.BytesMax * 15 / 16;

    public SpillStatus Status => new(
        _disk.Requests.Count,
        _disk.Requests.Values.Sum(request => (long)request.Events.Count),
        _disk.Bytes,
        _disk.Requests.Count == 0 ? null : _disk.Requests.Values.Min(request => request.Events.Min(sent => sent.Received)),
        SetAside: 0);

    public async ValueTask<JournalResult> AppendAsync(string source, EventBatch batch, Instant received)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        EventBatchCodec.Write(batch, buffer, received);
        var request = SpilledRequest.Of(source, batch, buffer.WrittenSpan.ToArray(), received);
        if (_disk.Bytes + _bytesUnderWay + request.Bytes.Length > _disk.BytesMax)
            return new JournalResult(JournalOutcome.Refused, "the spill is full");
        _bytesUnderWay += request.Bytes.Length;
        try
        {
            return await WriteAsync(() => _disk.Add(request));
        }
        finally
        {
            _bytesUnderWay -= request.Bytes.Length;
        }
    }

    public async ValueTask<IReadOnlyList<SpilledBatch>> ReadOldestAsync(
        IReadOnlySet<string> without, int countMax, int bytesMax, IReadOnlySet<long>? resting = null)
    {
        await Task.Delay(_simulation.Chance.Between(TimeSpan.Zero, SyncMax), _process.Clock);
        var waiting = _disk.Requests
            .Where(request => !without.Contains(request.Value.Source) && resting?.Contains(request.Key) != true)
            .ToList();
        var read = new List<SpilledBatch>();
        var bytes = 0;
        foreach (var (position, request) in waiting.Where(request => request.Value.Source == waiting[0].Value.Source).Take(countMax))
        {
            if (bytes > 0 && bytes + request.Bytes.Length > bytesMax)
                break;
            bytes += request.Bytes.Length;
            ReadOnlySpan<byte> input = request.Bytes;
            read.Add(new SpilledBatch(position, request.Source, EventBatchCodec.Read(ref input), request.Bytes.Length));
            _offered.Add(position);
        }

        return read;
    }

    public ValueTask<JournalResult> RemoveAsync(IReadOnlyList<SpilledBatch> drained)
    {
        if (drained.Count == 0)
            return ValueTask.FromResult(JournalResult.Committed);
        var last = drained.Max(batch => batch.Position);
        if (_disk.Requests.FirstOrDefault(request => request.Value.Source == drained[0].Source && request.Key < last && !_offered.Contains(request.Key)) is { Key: > 0 } passed)
            _simulation.Fail("a spill drains in order", $"{Folder}: request {last} of {drained[0].Source} was drained, and {passed.Key} never tried");
        var positions = drained.Select(batch => batch.Position).ToList();
        return WriteAsync(() => _disk.Remove(positions));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<JournalResult> WriteAsync(Action apply)
    {
        if (_simulation.Chance.Happens(Faults))
            return new JournalResult(JournalOutcome.Refused, "told to fail");
        // Written for a sync whose answer never came: on the disk, and nobody knows.
        var write = new Write(apply, LosesAnswer: _simulation.Chance.Happens(Faults));
        _waiting.Add(write);
        if (_syncing.Count == 0)
            BeginSync();
        return await write.Answer.Task;
    }

    private void BeginSync()
    {
        (_syncing, _waiting) = (_waiting, []);
        _simulation.Schedule(_process, _simulation.Chance.Between(TimeSpan.Zero, SyncMax), _ => EndSync(), null);
    }

    private void EndSync()
    {
        var synced = _syncing;
        _syncing = [];
        foreach (var write in synced)
        {
            write.Apply();
            write.Answer.SetResult(write.LosesAnswer ? new JournalResult(JournalOutcome.Unknown, "the sync failed") : JournalResult.Committed);
        }

        _simulation.Note(_process.Name, string.Create(CultureInfo.InvariantCulture, $"{Folder}: {synced.Count} writes synced, {_disk.Requests.Count} requests there"));
        if (_waiting.Count > 0)
            BeginSync();
    }

    private void OnKilled()
    {
        if (_simulation.Chance.OneIn(2))
        {
            foreach (var write in _syncing)
                write.Apply();
        }

        _disk.Owner = null;
    }

    private sealed record Write(Action Apply, bool LosesAnswer)
    {
        public TaskCompletionSource<JournalResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
