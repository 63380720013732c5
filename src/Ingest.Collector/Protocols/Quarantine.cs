using System.Text;
using System.Text.Unicode;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>Makes events of bytes that could not be read as such, so that they are kept with the reason.</summary>
public static class Quarantine
{
    private const int FoundLengthMax = 300;

    /// <summary>Adds one event that holds these bytes as they are: as text where they are UTF-8, else as binary.</summary>
    /// <param name="batch">Receives the event.</param>
    /// <param name="payload">The bytes.</param>
    /// <param name="rule">One of <see cref="EventRules"/>.</param>
    /// <param name="found">What is wrong, for a person.</param>
    /// <param name="ids">Where its id comes from.</param>
    /// <param name="errors">The errors of its request.</param>
    public static void AddBytes(
        EventBatch batch, Slice payload, string rule, string found, IIdSource ids, RequestErrors errors)
    {
        List<EventError>? own = null;
        var isUtf8 = Utf8.IsValid(batch[payload]);
        if (!isUtf8)
            errors.Add(ref own, Error("", EventRules.NotUtf8, "the bytes are not UTF-8"));
        errors.Add(ref own, Error("", rule, found));
        var entry = new EventEntry
        {
            Payload = payload,
            Kind = isUtf8 ? PayloadKind.Text : PayloadKind.Binary,
            FirstCheck = batch.CheckCount,
            Errors = own,
        };
        EventHead.AssignId(batch, ref entry, ids);
        batch.Add(entry);
    }

    /// <summary>
    /// The error of an event in which an escape stands for half a surrogate pair; null where none does. It is JSON by its
    /// grammar, but no text, and one such line makes readers of the lake refuse the whole file.
    /// </summary>
    public static EventError? HalfPair(ReadOnlySpan<byte> json)
    {
        var at = JsonText.IndexOfHalfPair(json);
        return at < 0
            ? null
            : Error("", EventRules.BadField, $"the escape {Encoding.ASCII.GetString(json.Slice(at, 6))} at byte {at} is half a surrogate pair, which is no character");
    }

    /// <summary>An error whose text is cut where it is long.</summary>
    public static EventError Error(string where, string rule, string found) =>
        new(where, rule, found.Length > FoundLengthMax ? found[..FoundLengthMax] + "…" : found);
}
