using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>An item together with the parameters of its request's query, which win.</summary>
public static class MergedItem
{
    /// <summary>Appends the merged object: the members of the item that the query does not have, then those of the query.</summary>
    /// <param name="batch">Holds both, receives the result.</param>
    /// <param name="item">A JSON object.</param>
    /// <param name="query">The query, with parameters.</param>
    public static Slice Append(EventBatch batch, Slice item, QueryObject query)
    {
        // Room first: the reader's bytes must not move under it. A comma takes the place of a brace.
        var room = batch.GetSpan(item.Length + query.Json.Length);
        var written = CopyMembers(batch[item], query, room);
        // The query's object without its opening brace.
        batch[query.Json][1..].CopyTo(room[written..]);
        return batch.Advance(written + query.Json.Length - 1);
    }

    /// <summary>Writes an opening brace, and each member that is kept with a comma after it.</summary>
    private static int CopyMembers(ReadOnlySpan<byte> item, QueryObject query, Span<byte> room)
    {
        Span<byte> scratch = stackalloc byte[64];
        var reader = new Utf8JsonReader(item, JsonScan.BodyOptions);
        var deepest = 0;
        var written = 0;
        room[written++] = (byte)'{';
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isKept = !query.Contains(JsonScan.Name(reader, scratch));
            reader.Read();
            JsonScan.Value(ref reader, ref deepest);
            if (!isKept)
                continue;
            var member = item[start..(int)reader.BytesConsumed];
            member.CopyTo(room[written..]);
            written += member.Length;
            room[written++] = (byte)',';
        }
        return written;
    }
}
