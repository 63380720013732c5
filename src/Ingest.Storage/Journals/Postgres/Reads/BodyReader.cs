using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using Ingest.Engine;

namespace Ingest.Storage.Postgres;

/// <summary>Where one body is.</summary>
internal readonly record struct BodyPlace(int Generation, long Seq, short Piece, int Bytes);

/// <summary>Bodies to read: those of one partition and stream, in order.</summary>
/// <param name="Partition">The partition's key.</param>
/// <param name="Stream">The stream.</param>
/// <param name="Places">Where they are now.</param>
internal sealed record BodyList(int Partition, LakeStream Stream, List<BodyPlace> Places);

/// <summary>
/// Reads bodies in chunks of bounded size, each with one short statement, so that no snapshot is held while the reader's own
/// reader is slow. Where a body was moved to another generation meanwhile, it is looked up again.
/// </summary>
/// <param name="server">Where to read.</param>
/// <param name="list">Looks the bodies up, in one snapshot; throws where they are gone for a good reason.</param>
internal sealed class BodyReader(Server server, Func<Session, Task<BodyList>> list)
{
    /// <summary>Small bodies are read together up to this size; one body may exceed it.</summary>
    private const int ChunkBytes = 1 << 20;

    /// <summary>Times that a body is looked up again; each time an evacuation must have moved it, which takes minutes.</summary>
    private const int LookUpsMax = 8;

    private readonly ArrayBufferWriter<byte> _chunk = new(ChunkBytes / 4);

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var bodies = await server.ReadSnapshotAsync(list, cancellation);
        var lookUps = 0;
        for (var next = 0; next < bodies.Places.Count;)
        {
            var end = EndOfChunk(bodies.Places, next);
            if (await TryReadAsync(bodies, next, end, cancellation))
            {
                next = end;
                yield return _chunk.WrittenMemory;
                continue;
            }

            if (++lookUps == LookUpsMax)
                throw Missing(bodies, next);

            // The same bodies in the same order, or the list has thrown.
            bodies = await server.ReadSnapshotAsync(list, cancellation);
        }
    }

    /// <summary>A chunk is a run of bodies in one generation.</summary>
    private static int EndOfChunk(List<BodyPlace> places, int from)
    {
        long bytes = places[from].Bytes;
        var end = from + 1;
        while (end < places.Count && places[end].Generation == places[from].Generation && bytes + places[end].Bytes <= ChunkBytes)
            bytes += places[end++].Bytes;
        return end;
    }

    /// <returns>False where one of them is not there any more.</returns>
    private async Task<bool> TryReadAsync(BodyList bodies, int from, int end, CancellationToken cancellation)
    {
        try
        {
            return await server.ReadAsync(session => TryReadAsync(session, bodies, from, end), cancellation, triesMax: 1);
        }
        catch (JournalUnavailableException fault) when (fault.InnerException is { } inner && Faults.IsMissingTable(inner))
        {
            return false;
        }
    }

    private async Task<bool> TryReadAsync(Session session, BodyList bodies, int from, int end)
    {
        _chunk.ResetWrittenCount();
        var (first, last) = (bodies.Places[from], bodies.Places[end - 1]);
        await using var command = session.Command(
            $"""
            SELECT seq, piece, hour, events, line_bytes, received, crc, body
            FROM {GenerationTables.Blocks(first.Generation)}
            WHERE partition = $1 AND stream = $2 AND (seq, piece) BETWEEN ($3, $4) AND ($5, $6) AND (piece > 0) = ($4 > 0)
            ORDER BY seq, piece
            """,
            Parameter.Of(bodies.Partition),
            Parameter.Of((short)bodies.Stream),
            Parameter.Of(first.Seq),
            Parameter.Of(first.Piece),
            Parameter.Of(last.Seq),
            Parameter.Of(last.Piece));
        await using var rows = await session.StreamAsync(command);
        for (var at = from; at < end; at++)
        {
            var place = bodies.Places[at];
            if (!await rows.ReadAsync(session.Cancellation) || rows.GetInt64(0) != place.Seq || rows.GetInt16(1) != place.Piece)
                return false;

            var info = new BlockInfo(
                place.Seq,
                bodies.Stream,
                new LakeHour(rows.GetInt32(2)),
                rows.GetInt32(3),
                rows.GetInt32(4),
                place.Bytes,
                new Instant(rows.GetInt64(5)));
            var stored = rows.GetInt32(6);
            var body = _chunk.GetMemory(place.Bytes)[..place.Bytes];
            await using (var stream = await rows.GetStreamAsync(7, session.Cancellation))
                await stream.ReadExactlyAsync(body, session.Cancellation);
            _chunk.Advance(place.Bytes);
            var crc = new Crc32C();
            crc.Add(body.Span);
            if (BlockRow.ChecksumOf(bodies.Partition, place.Piece, info, crc) != stored)
                throw Damage.Row(Table(place), Row(bodies, place), "its checksum does not hold");
        }

        return true;
    }

    private static JournalCorruptException Missing(BodyList bodies, int at) =>
        Damage.Row(Table(bodies.Places[at]), Row(bodies, bodies.Places[at]), "it is missing, but a batch or a count names it");

    private static string Table(BodyPlace place) => string.Create(CultureInfo.InvariantCulture, $"blocks_{place.Generation}");

    private static string Row(BodyList bodies, BodyPlace place) => string.Create(
        CultureInfo.InvariantCulture, $"partition id {bodies.Partition}, seq {place.Seq}, piece {place.Piece}");
}
