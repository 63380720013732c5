using System.Buffers.Text;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>Resolves the texts of an event's head (id, name, schema) to what <see cref="EventEntry"/> wants of them.</summary>
public static class EventHead
{
    /// <summary>Most bytes of such a text, unescaped. It stands in the lake line a second time beside the payload.</summary>
    public const int TextBytesMax = 1024;

    /// <summary>Resolves a JSON string's contents.</summary>
    /// <param name="batch">Holds the bytes, receives what has to be rewritten.</param>
    /// <param name="contents">The contents as sent.</param>
    /// <param name="plain">The text, unescaped.</param>
    /// <param name="canonical">The text, escaped in the one canonical way.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public static string? TryResolve(EventBatch batch, Slice contents, out Slice plain, out Slice canonical)
    {
        canonical = default;
        if (!BatchText.TryUnescape(batch, contents, out plain))
            return "holds half a surrogate pair";
        if (plain.Length > TextBytesMax)
            return $"is longer than {TextBytesMax} bytes";
        canonical = plain == contents ? contents : BatchText.Escape(batch, plain);
        return null;
    }

    /// <summary>Gives the event an id of ours.</summary>
    public static void AssignId(EventBatch batch, ref EventEntry entry, IIdSource ids)
    {
        var room = batch.GetSpan(36);
        Utf8Formatter.TryFormat(ids.NewEventId(), room, out var written);
        entry.Id = batch.Advance(written);
        entry.IdHash = EventId.Hash(batch[entry.Id]);
    }
}
