using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// Looks at the write-ahead log before SQLite does. At the first frame whose checksum fails, SQLite takes the log for ended
/// and drops the rest without a word: right after a crash, but after damage it would drop transactions that were
/// answered as durable. This tells the two apart.
/// </summary>
/// <remarks>
/// <para>
/// What a crash can leave: with synchronous=FULL the log is synced after every transaction, before the next one writes its
/// first frame. So only the last transaction can be torn, its frames written in any order, perhaps with its commit frame
/// in place. Frames of an earlier use of the file have other salts.
/// </para>
/// <para>
/// The proof of damage: each frame's checksum is computed over itself and the stored checksum of the frame before. A frame
/// that holds when computed from the commit frame before it was written after that commit. So where, at or after the first
/// bad frame, a commit frame is followed by a frame that holds, the transaction of the bad frame was complete once, and
/// its damage came later. Leftovers of torn transactions, which are never followed like that, prove nothing and pass.
/// </para>
/// <para>
/// Not decided here: damage to the very last transaction or to the commit frame before it, and a log cut off or deleted.
/// <see cref="CommitMark"/> finds those. A header that does not hold before frames is damage too: it is synced before the first frame is written.
/// </para>
/// </remarks>
internal static class WalInspection
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const uint MagicLittleEndian = 0x377F0682;
    private const uint MagicBigEndian = 0x377F0683;
    private const uint FormatVersion = 3_007_000;

    private const string Advice =
        "Stop the process and keep a copy of the folder as it is. Restore the folder from a snapshot; or, to go on without the " +
        "damaged commits, move journal.db-wal away and delete journal.mark.";

    /// <param name="path">The log.</param>
    /// <param name="advice">What to do about damage.</param>
    /// <exception cref="JournalCorruptException">Committed transactions in the log are damaged.</exception>
    public static void Check(string path, string advice = Advice)
    {
        if (!File.Exists(path))
            return;

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 20, FileOptions.SequentialScan);
        if (file.Length < HeaderBytes + FrameHeaderBytes + 1)
            return; // Too short for a frame: nothing was committed in it.

        Span<byte> header = stackalloc byte[HeaderBytes];
        file.ReadExactly(header);
        if (Log.Read(header) is not { } log)
            throw Damage.File(path, "the header of the log does not hold, so that SQLite would drop all of it", advice);

        CheckFrames(path, file, log, advice);
    }

    private static void CheckFrames(string path, FileStream file, Log log, string advice)
    {
        var frame = new byte[FrameHeaderBytes + log.PageBytes];
        var before = log.Checksum;
        var beforeCommits = false;
        long? firstBad = null;
        for (long offset = HeaderBytes; file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length; offset += frame.Length)
        {
            var ours = log.HasSalts(frame);
            var stored = Checksum.Stored(frame.AsSpan(16));
            var holds = ours && before.Over(frame.AsSpan(0, 8), log.BigEndian).Over(frame.AsSpan(FrameHeaderBytes), log.BigEndian) == stored;
            if (holds && beforeCommits && firstBad is { } bad)
            {
                throw Damage.File(
                    path,
                    string.Create(CultureInfo.InvariantCulture, $"the frame at offset {bad} is damaged, and committed transactions follow it that SQLite would drop"),
                    advice);
            }

            if (!holds)
                firstBad ??= offset;
            before = stored;
            beforeCommits = ours && BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4)) != 0;
        }
    }

    /// <summary>What the header says.</summary>
    private readonly record struct Log(int PageBytes, bool BigEndian, ulong Salts, Checksum Checksum)
    {
        /// <returns>Null where the header does not hold.</returns>
        public static Log? Read(ReadOnlySpan<byte> header)
        {
            var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
            var version = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
            var pageBytes = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
            if (magic is not (MagicLittleEndian or MagicBigEndian) || version != FormatVersion || pageBytes is < 512 or > 65_536)
                return null;

            var bigEndian = magic == MagicBigEndian;
            var checksum = default(Checksum).Over(header[..24], bigEndian);
            return checksum == Checksum.Stored(header[24..])
                ? new Log((int)pageBytes, bigEndian, MemoryMarshal.Read<ulong>(header[16..]), checksum)
                : null;
        }

        public bool HasSalts(ReadOnlySpan<byte> frame) => MemoryMarshal.Read<ulong>(frame[8..]) == Salts;
    }

    /// <summary>The log's checksum: two sums over pairs of 32-bit words, each feeding the other.</summary>
    private readonly record struct Checksum(uint First, uint Second)
    {
        public static Checksum Stored(ReadOnlySpan<byte> bytes) =>
            new(BinaryPrimitives.ReadUInt32BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]));

        public Checksum Over(ReadOnlySpan<byte> bytes, bool bigEndian)
        {
            var (first, second) = (First, Second);
            for (var i = 0; i < bytes.Length; i += 8)
            {
                first += Word(bytes[i..]) + second;
                second += Word(bytes[(i + 4)..]) + first;
            }

            return new Checksum(first, second);

            uint Word(ReadOnlySpan<byte> word) => bigEndian
                ? BinaryPrimitives.ReadUInt32BigEndian(word)
                : BinaryPrimitives.ReadUInt32LittleEndian(word);
        }
    }
}
