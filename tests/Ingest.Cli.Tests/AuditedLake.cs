using System.Text;
using Ingest.Engine;
using Ingest.Storage;
using Ingest.TestKit;

namespace Ingest.Cli.Tests;

/// <summary>A journal and a lake with events that were really appended, sealed and shipped, for the audit to judge.</summary>
internal sealed class AuditedLake : IDisposable
{
    private static readonly Instant Now = Instant.From(new DateTimeOffset(2026, 11, 21, 20, 15, 0, TimeSpan.Zero));

    public static readonly AuditSpan Everything = new(default, Now.Hour.Next);

    private readonly TemporaryFolder _folder = new();
    private readonly ShipWorker _worker;
    private readonly Dictionary<PartitionId, long> _nextSeq = [];

    public AuditedLake()
    {
        Lake = new FolderLake(_folder.Path);
        _worker = new ShipWorker(Journal, Lake, new Limits(), TimeProvider.System);
    }

    public MemoryJournal Journal { get; } = new();

    public FolderLake Lake { get; }

    /// <summary>Stores events as one block, and seals it.</summary>
    public async Task<Batch> SealAsync(string source, LakeStream stream, params string[] ids)
    {
        var partition = new PartitionId(source, 0);
        var seq = _nextSeq.GetValueOrDefault(partition, 1);
        _nextSeq[partition] = seq + 1;
        var lines = Encoding.UTF8.GetBytes(string.Concat(ids.Select(id => $"{{\"event_id\":\"{id}\",\"payload\":{{}}}}\n")));
        var block = new Block(seq, stream, Now.Hour, ids.Length, lines.Length, Now, GzipMember.Compress(lines));
        var isGood = stream == LakeStream.Good;
        var counts = new LedgerCounts(Now.Hour, ids.Length, isGood ? ids.Length : 0, isGood ? 0 : ids.Length, 0, 0);
        var append = new Append(partition, partition.Number + 1, seq, [block], new byte[16 * ids.Length], 0, Now, [counts]);
        Assert.Equal(JournalOutcome.Committed, (await Journal.AppendAsync(append, default)).Outcome);
        var batch = new Batch(
            partition, stream, Now.Hour, seq, seq, 1, ids.Length, lines.Length, block.Body.Length, Now, SealReason.Age);
        Assert.Equal(JournalOutcome.Committed, (await Journal.SealAsync(new Seal(batch, null), default)).Outcome);
        return batch;
    }

    /// <summary>Stores, seals and ships events.</summary>
    /// <returns>The object's key.</returns>
    public async Task<string> ShipAsync(string source, LakeStream stream, params string[] ids)
    {
        var batch = await SealAsync(source, stream, ids);
        var result = await _worker.ShipAsync(new ShipStep.Ship(batch, 1, null), default);
        Assert.Equal(ShipOutcome.Confirmed, result.Outcome);
        return result.Stored!.Key;
    }

    /// <summary>Puts a pending batch into the lake as a process does that dies before it confirms.</summary>
    public async Task UploadAsync(Batch batch)
    {
        var stored = await File.ReadAllBytesAsync(PathOf(await ShipAsync("elsewhere", batch.Stream, "only-for-its-bytes")));
        var path = PathOf(LakeLayout.KeyOf(batch, Journal.Id));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, stored);
    }

    public string PathOf(string key) => Path.Combine(_folder.Path, key);

    public Task<AuditReport> AuditAsync(int idsMax = 1000) =>
        new LakeAudit(Lake, Journal, default, idsMax).RunAsync(Everything, null, default);

    public void Dispose() => _folder.Dispose();
}
