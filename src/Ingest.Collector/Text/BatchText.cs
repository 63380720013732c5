using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// Texts of a batch. An append may move the batch's bytes, so that a span taken before is worthless: everything here
/// takes room first and looks at the bytes after.
/// </summary>
public static class BatchText
{
    /// <summary>The plain text of a JSON string's contents: the same bytes where nothing is escaped, else appended.</summary>
    /// <returns>False where an escape stands for half a surrogate pair.</returns>
    public static bool TryUnescape(EventBatch batch, Slice contents, out Slice plain)
    {
        plain = contents;
        if (!batch[contents].Contains((byte)'\\'))
            return true;
        var room = batch.GetSpan(contents.Length);
        if (!JsonText.TryUnescape(batch[contents], room, out var written))
            return false;
        plain = batch.Advance(written);
        return true;
    }

    /// <summary>Appends the canonical JSON-string contents of a text of the batch.</summary>
    public static Slice Escape(EventBatch batch, Slice plain)
    {
        var room = batch.GetSpan(plain.Length * JsonText.EscapeFactor);
        return batch.Advance(JsonText.Escape(batch[plain], room));
    }

    /// <summary>Appends the canonical JSON-string contents of a short text, such as a header's value.</summary>
    public static void AppendEscaped(EventBatch batch, string text)
    {
        Span<byte> utf8 = stackalloc byte[HeaderText.LengthMax];
        var length = HeaderText.ToUtf8(text, utf8);
        var room = batch.GetSpan(length * JsonText.EscapeFactor);
        batch.Advance(JsonText.Escape(utf8[..length], room));
    }
}
