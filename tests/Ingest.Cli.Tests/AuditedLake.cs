using System.Globalization;
using System.Text;
using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Cli.Tests;

/// <summary>A journal and a lake with events that were really appended, sealed and shipped, for the audit to judge.</summary>
internal sealed class AuditedLake : IDisposable
{
    private static readonly Limits Limits = new();

    private readonly StoredObjects _objects;
    private readonly Dictionary<PartitionId, long> _nextSeq = [];

    /// <param name="objects">Where objects are stored; a folder of its own where null.</param>
    /// <param name="journal">An empty journal; one of its own where null.</param>
    public AuditedLake(StoredObjects? objects = null, MemoryJournal? journal = null)
    {
        _objects = objects ?? new StoredObjects.InFolder();
        Journal = journal ?? new MemoryJournal();
        Writer = NewWriter();
    }

    /// <summary>2026-11-21T20Z.</summary>
    public static LakeHour FirstHour { get; } = Instant.From(new DateTimeOffset(2026, 11, 21, 20, 0, 0, TimeSpan.Zero)).Hour;

    /// <summary>All hours up to a week after the first.</summary>
    public static HourSpan Everything { get; } = new(default, new LakeHour(FirstHour.Number + 168));

    /// <summary>The hour of what is stored from now on.</summary>
    public LakeHour Hour { get; set; } = FirstHour;

    /// <summary>The rule that quarantined events break from now on.</summary>
    public string Rule { get; set; } = EventRules.NotJson;

    /// <summary>Clock of the writer of manifests.</summary>
    public SetTime Time { get; } = new(FirstHour.Start);

    public MemoryJournal Journal { get; }

    public ILake Lake => _objects.Lake;

    public StoredObjects Objects => _objects;

    public ManifestWriter Writer { get; private set; }

    /// <summary>A writer as another process has one, which remembers nothing.</summary>
    public ManifestWriter NewWriter() => Writer = new ManifestWriter(Journal, Lake, Limits, Time);

    /// <summary>Stores events as one block.</summary>
    public async Task<Block> AppendAsync(string source, LakeStream stream, params string[] ids)
    {
        var partition = new PartitionId(source, 0);
        var seq = _nextSeq.GetValueOrDefault(partition, 1);
        var isGood = stream == LakeStream.Good;
        var rest = isGood ? "\"payload\":{}" : $"\"errors\":[{{\"where\":\"\",\"rule\":\"{Rule}\",\"found\":\"?\"}}],\"original\":\"?\",\"original_base64\":null";
        var lines = Encoding.UTF8.GetBytes(string.Concat(ids.Select(id => $"{{\"event_id\":\"{id}\",{rest}}}\n")));
        var block = new Block(seq, stream, Hour, ids.Length, lines.Length, Hour.Start, GzipMember.Compress(lines));
        var counts = new LedgerCounts(Hour, ids.Length, isGood ? ids.Length : 0, isGood ? 0 : ids.Length, 0, 0);
        var append = new Append(partition, 1, seq, [block], new byte[16 * ids.Length], 0, Hour.Start, [counts]);
        Assert.Equal(JournalResult.Committed, await Journal.AppendAsync(append, default));
        _nextSeq[partition] = seq + 1;
        return block;
    }

    /// <summary>Stores events as one block, and seals it.</summary>
    public async Task<Batch> SealAsync(string source, LakeStream stream, params string[] ids)
    {
        var block = await AppendAsync(source, stream, ids);
        var batch = new Batch(
            new PartitionId(source, 0), stream, block.Hour, block.Seq, block.Seq, 1, ids.Length, block.LineBytes, block.Body.Length, block.Received, SealReason.Age);
        Assert.Equal(JournalResult.Committed, await Journal.SealAsync(new Seal(batch, null), default));
        return batch;
    }

    /// <summary>Stores, seals and ships events.</summary>
    /// <returns>The object's key.</returns>
    public async Task<string> ShipAsync(string source, LakeStream stream, params string[] ids) =>
        await ShipAsync(await SealAsync(source, stream, ids));

    /// <summary>Ships a sealed batch.</summary>
    /// <returns>The object's key.</returns>
    public async Task<string> ShipAsync(Batch batch)
    {
        var worker = new ShipWorker(Journal, Lake, Limits, TimeProvider.System);
        var result = await worker.ShipAsync(new ShipStep.Ship(batch, 1, null), default);
        Assert.Equal(ShipOutcome.Confirmed, result.Outcome);
        return result.Stored!.Key;
    }

    /// <summary>Counts events that were not stored.</summary>
    public async Task CountAsync(string source, long duplicates, long refused)
    {
        var partition = new PartitionId(source, 0);
        var counts = new LedgerCounts(Hour, duplicates + refused, 0, 0, duplicates, refused);
        var append = new Append(partition, 1, _nextSeq.GetValueOrDefault(partition, 1), [], default, 0, Hour.Start, [counts]);
        Assert.Equal(JournalResult.Committed, await Journal.AppendAsync(append, default));
    }

    /// <summary>Puts a pending batch into the lake as a process does that dies before it confirms.</summary>
    public async Task UploadAsync(Batch batch)
    {
        var stored = await Objects.ReadAsync(await ShipAsync("elsewhere", batch.Stream, "only-for-its-bytes"));
        await Objects.WriteAsync(LakeLayout.KeyOf(batch, Journal.Id), stored);
    }

    /// <summary>Lets the present hour end, and writes all manifests that can be written.</summary>
    public async Task CloseHourAsync()
    {
        Time.Now = Hour.End + Limits.HourGrace;
        NewWriter();
        while (await Writer.TurnAsync(default))
        {
            // More hours are over.
        }

        Hour = Hour.Next;
    }

    public Task<bool> HasIndexAsync(LakeHour hour) => Objects.ExistsAsync(LakeLayout.IndexKey(hour, Journal.Id));

    /// <summary>Audits all hours with the journal.</summary>
    public Task<AuditReport> AuditAsync(int idsMax = 1000) => AuditAsync(Everything, Journal, idsMax);

    /// <summary>Audits all hours with the lake alone.</summary>
    public Task<AuditReport> AuditLakeAsync() => AuditAsync(Everything, null);

    public Task<AuditReport> AuditAsync(HourSpan span, IJournal? journal, int idsMax = 1000) =>
        new LakeAudit(Lake, journal, default, idsMax).RunAsync(span, null, default);

    public void Dispose() => _objects.Dispose();

    /// <summary>A clock that stands still until it is set.</summary>
    internal sealed class SetTime(Instant now) : TimeProvider
    {
        public Instant Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now.ToDateTimeOffset();
    }

    /// <summary>Names of events that no other call gives.</summary>
    public static string[] Ids(string prefix, int count) =>
        [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{i}"))];
}
