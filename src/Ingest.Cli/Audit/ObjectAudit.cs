using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>
/// Reads every object that must be in the lake, as any reader would: is it there, with its length, checksum and number of
/// lines, and does an event stand twice, in one object or in two?
/// </summary>
/// <remarks>
/// An event_id is one event of its source, stream and journal: one that stands in the quarantine and, mended and replayed,
/// among the good ones is no double.
/// </remarks>
/// <param name="lake">The lake.</param>
/// <param name="idsMax">Ids held at once when looking for doubles, 40 bytes each: where a source has more, its objects are read several times.</param>
/// <param name="findings">Gets what is wrong.</param>
/// <param name="report">Told the bytes of each object that was read.</param>
internal sealed class ObjectAudit(ILake lake, int idsMax, AuditFindings findings, Action<long> report)
{
    /// <summary>Objects that were there and could be read.</summary>
    public long Objects { get; private set; }

    /// <summary>Objects that are not there any more, since the primary has them.</summary>
    public long BridgedObjects { get; private set; }

    /// <summary>Events in those.</summary>
    public long BridgedEvents { get; private set; }

    /// <summary>Events found in them, by stream.</summary>
    public long[] Events { get; } = new long[2];

    /// <summary>How often the objects of a source and stream are read.</summary>
    public int PassesOf(in ExpectedVolume volume) => (int)(volume.Events / idsMax) + 1;

    /// <summary>Checks the objects of one source and stream of one journal.</summary>
    /// <param name="list">Lists them; the same ones in the same order at every call.</param>
    /// <param name="volume">How much they are.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="LakeUnavailableException">The lake cannot be read: nothing can be said.</exception>
    public async Task CheckAsync(
        Func<IAsyncEnumerable<ExpectedObject>> list, ExpectedVolume volume, CancellationToken cancellation)
    {
        var passes = PassesOf(volume);
        for (var pass = 0; pass < passes; pass++)
        {
            var ids = new IdPass(pass, passes);
            var number = 0;
            await foreach (var expected in list().WithCancellation(cancellation))
            {
                await CheckObjectAsync(expected, isFirst: pass == 0, line => ids.Add(IdOf(line), number), cancellation);
                number++;
            }

            await NameDoublesAsync(ids, list, cancellation);
        }
    }

    private async Task CheckObjectAsync(
        ExpectedObject expected, bool isFirst, ObjectReader.LineAction onLine, CancellationToken cancellation)
    {
        await using var stored = await lake.OpenReadAsync(expected.Key, cancellation);
        if (stored is null)
        {
            if (isFirst && !await IsBridgedAsync(expected, cancellation))
                findings.Add($"missing: {expected.Key} with {expected.Events} events is not in the lake");
        }
        else
        {
            var content = await ReadAsync(stored, expected.Key, onLine, cancellation);
            if (isFirst)
                Compare(expected, content);
        }

        report(expected.Bytes);
    }

    /// <summary>
    /// Whether an object was relayed to the primary: its record, which is written before the object is deleted, is there and of
    /// the same bytes.
    /// </summary>
    private async Task<bool> IsBridgedAsync(ExpectedObject expected, CancellationToken cancellation)
    {
        if (!expected.Key.StartsWith(LakeLayout.Relay + "/", StringComparison.Ordinal))
            return false;
        var key = LakeLayout.BridgedKey(expected.Key);
        try
        {
            if (await lake.FindAsync(key, RelayFormat.Default.BridgedObject, cancellation) is not { } record)
                return false;
            BridgedObjects++;
            BridgedEvents += record.Lines;
            if ((record.Key, record.Bytes, record.Lines, record.Sha256) != (expected.Key, expected.Bytes, expected.Events, expected.Sha256))
                findings.Add($"altered: {key} says that {record.Lines} events in {record.Bytes} bytes were relayed, shipped were {expected.Events} in {expected.Bytes}, or other ones");
        }
        catch (InvalidDataException exception)
        {
            findings.Add($"altered: {exception.Message}");
        }

        return true;
    }

    private static async Task<ObjectReader.Content> ReadAsync(
        Stream stored, string key, ObjectReader.LineAction onLine, CancellationToken cancellation)
    {
        try
        {
            return await ObjectReader.ReadAsync(stored, onLine, cancellation);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw new LakeUnavailableException($"{key} cannot be read to its end: {exception.Message}", exception);
        }
    }

    private void Compare(in ExpectedObject expected, ObjectReader.Content content)
    {
        Objects++;
        if (content.Length != expected.Bytes)
            findings.Add($"altered: {expected.Key} has {content.Length} bytes, shipped were {expected.Bytes}");
        else if (content.Sha256 != expected.Sha256)
            findings.Add($"altered: {expected.Key} has SHA-256 {content.Sha256}, shipped was {expected.Sha256}");
        if (content.Lines is not { } lines)
        {
            findings.Add($"altered: {expected.Key} cannot be read: {content.Damage}");
            return;
        }

        if (lines != expected.Events)
            findings.Add($"{(lines < expected.Events ? "missing" : "doubled")}: {expected.Key} has {lines} events, shipped were {expected.Events}");
        Events[(int)expected.Stream] += lines;
    }

    /// <summary>Objects are known by their number while they are read; the names of those with doubles are looked up after it.</summary>
    private async Task NameDoublesAsync(
        IdPass ids, Func<IAsyncEnumerable<ExpectedObject>> list, CancellationToken cancellation)
    {
        if (ids.Doubles.Count == 0)
            return;
        var wanted = ids.Doubles.SelectMany(found => new[] { found.First, found.Second }).ToHashSet();
        var names = new Dictionary<int, string>();
        var number = 0;
        await foreach (var expected in list().WithCancellation(cancellation))
        {
            if (wanted.Contains(number))
                names.Add(number, expected.Key);
            number++;
        }

        foreach (var (id, first, second) in ids.Doubles)
        {
            findings.Add(first == second
                ? $"doubled: an event_id (identity {id:x32}) stands twice in {names[first]}"
                : $"doubled: an event_id (identity {id:x32}) stands in {names[first]} and in {names[second]}");
        }

        findings.AddUnnamed(ids.MoreDoubles);
    }

    /// <summary>The id is the first field of every line.</summary>
    private static UInt128 IdOf(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject
            && reader.Read() && reader.ValueTextEquals("event_id"u8)
            && reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            Span<byte> small = stackalloc byte[256];
            var id = reader.ValueSpan.Length <= small.Length ? small : new byte[reader.ValueSpan.Length];
            return EventId.Hash(id[..reader.CopyString(id)]);
        }

        throw new InvalidDataException("a line does not begin with its event_id");
    }

    /// <summary>Ids that fall to one pass, and in which object each was seen first.</summary>
    private sealed class IdPass(int pass, int passes)
    {
        private readonly Dictionary<UInt128, int> _seen = [];

        /// <summary>At most <see cref="AuditReport.FindingsMax"/>.</summary>
        public List<(UInt128 Id, int First, int Second)> Doubles { get; } = [];

        /// <summary>Those beyond.</summary>
        public long MoreDoubles { get; private set; }

        public void Add(UInt128 id, int number)
        {
            if ((int)(id % (UInt128)passes) != pass || _seen.TryAdd(id, number))
                return;
            if (Doubles.Count < AuditReport.FindingsMax)
                Doubles.Add((id, _seen[id], number));
            else
                MoreDoubles++;
        }
    }
}
