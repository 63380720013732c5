using System.Text;
using Ingest.Engine;

namespace Ingest.Bench;

/// <summary>
/// Appends of one block with a fixed number of events: gzip members as partitions make them, made once so that their making is
/// not measured. Ids are slices of random bytes, with no copy.
/// </summary>
internal sealed class AppendShape
{
    private const int Variants = 1024;
    private const int IdBytes = 16;

    private static readonly byte[] IdPlace = Encoding.ASCII.GetBytes(EventPool.IdPlace);

    private static readonly LakeHour Hour = new(498_620); // 2026-11-21T20Z

    private readonly (byte[] Body, int LineBytes)[] _members;
    private readonly byte[] _ids = new byte[1 << 20];

    /// <param name="events">Events of one append, 1 to 10,000.</param>
    public AppendShape(int events)
    {
        Events = events;
        var random = new Random(events);
        random.NextBytes(_ids);
        _members = [.. Enumerable.Range(0, Variants).Select(variant => MakeMember(events, variant * events, random))];
    }

    public string Name => Events == 1 ? "1 event an append" : FormattableString.Invariant($"{Events} events an append");

    public int Events { get; }

    /// <summary>Bytes of bodies in an append, on average.</summary>
    public double BodyBytes => _members.Average(member => member.Body.Length);

    /// <summary>The append of a partition that begins at a seq.</summary>
    /// <param name="partition">Whose.</param>
    /// <param name="partitionCount">Number of partitions of its source.</param>
    /// <param name="seq">Seq of its only block.</param>
    /// <param name="window">Appends whose ids the partition remembers.</param>
    public Append Append(PartitionId partition, int partitionCount, long seq, long window) => new(
        partition,
        partitionCount,
        seq,
        [Block(partition.Number, seq)],
        Ids(seq),
        seq > window ? seq - window : long.MinValue,
        Time(seq),
        [new LedgerCounts(Hour, Events, Events, 0, 0, 0)]);

    public Block Block(int partition, long seq)
    {
        var (body, lineBytes) = _members[(int)((seq + (partition * 31L)) % Variants)];
        return new Block(seq, LakeStream.Good, Hour, Events, lineBytes, Time(seq), body);
    }

    public ReadOnlyMemory<byte> Ids(long seq)
    {
        var bytes = Events * IdBytes;
        return _ids.AsMemory((int)(seq * bytes % (_ids.Length - bytes)), bytes);
    }

    /// <summary>Within the hour, and never backwards.</summary>
    private static Instant Time(long seq) => Hour.Start + TimeSpan.FromMilliseconds(Math.Min(seq, 3_599_999));

    private static (byte[] Body, int LineBytes) MakeMember(int events, int first, Random random)
    {
        var lines = new List<byte>(events * 320);
        for (var i = 0; i < events; i++)
        {
            var line = PageViews.Pool[first + i].ToArray();
            // From a seeded source, so that two runs store the same bytes.
            EventPool.Uuid(random).TryFormat(line.AsSpan(line.AsSpan().IndexOf(IdPlace)), out _);
            lines.AddRange(line);
            lines.Add((byte)'\n');
        }

        return (GzipMember.Of(lines.ToArray(), new Limits().StoreBelowLineBytes), lines.Count);
    }
}
