using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Ingest.Collector;
using static Ingest.Fuzz.BodyProperties;

namespace Ingest.Fuzz;

/// <summary>
/// A tracker's request is kept in one of two ways. Either the body is one event, whole; or it is a payload, and each of its
/// items is one, with the parameters of the query in it. All that is left out then is the envelope: white space, its
/// schema, and members that have no name of the protocol. A query that stands in no item is an event of its own.
/// </summary>
internal static partial class TrackerProperties
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 1_024 };

    public static void CheckGet(RequestInput request, in ReferenceBody body, IReadOnlyList<Offered> events)
    {
        var left = new List<Offered>(events);
        var query = ReferenceQuery.Of(request.Query);
        TakeQuery(left, query);
        if (!body.IsBlank)
            PropertyException.Require(Take(left, body.Bytes), NothingLost, "the body of a GET is in no event");
        RequireNone(left);
    }

    public static void CheckPost(RequestInput request, in ReferenceBody body, IReadOnlyList<Offered> events, CollectorLimits limits)
    {
        var left = new List<Offered>(events);
        var query = ReferenceQuery.Of(request.Query);
        var bytes = body.Bytes;
        var isWhole = body.IsProblem || left.Exists(offered => offered.Payload.AsSpan().SequenceEqual(bytes));
        if (isWhole || body.IsBlank)
        {
            PropertyException.Require(!isWhole || Take(left, bytes), NothingLost, "a body that cannot be read is not kept whole");
            if (query.IsProblem || query.Parameters.Count > 0)
                TakeQuery(left, query);
            var items = isWhole && !body.IsProblem ? TryPlainItems(body.Text) : null;
            PropertyException.Require(
                items is not { Count: > 0 } || (long)items.Count * query.Raw.Length * JsonText.EscapeFactor > limits.DecompressedBytesMax,
                ReadAsItIs, "a payload is kept as something that is none");
        }
        else
            TakeItems(left, TryItems(body.Text) ?? throw new PropertyException(NothingLost, "a body that is no payload is not kept whole"), query);
        RequireNone(left);
    }

    private static void TakeItems(List<Offered> left, IReadOnlyList<byte[]> items, ReferenceQuery query)
    {
        // One id for several events would make them one, so that of a query is left out.
        var merged = items.Count > 1 ? query.Without("eid") : query;
        // A query that has too many parameters only with its id may be kept either way.
        if (query.IsProblem && (merged.IsProblem || left.Exists(offered => ReferenceItem.IsQuery(offered.Payload, query))))
        {
            TakeQuery(left, query);
            merged = ReferenceQuery.Of(null);
        }
        var isInAny = merged.Parameters.Count == 0;
        foreach (var item in items)
        {
            var members = merged.Parameters.Count > 0 ? ReferenceItem.Members(item) : null;
            var found = members is null
                ? Take(left, item)
                : Take(left, offered => ReferenceItem.IsMerged(offered.Payload, members, merged));
            PropertyException.Require(found, NothingLost, $"an item is in no event: {Encoding.UTF8.GetString(item)}");
            isInAny |= members is not null;
        }
        if (!isInAny)
            TakeQuery(left, query);
    }

    /// <summary>The items of a payload as the protocol has it; null where it is none, or where data stands in it more than once.</summary>
    private static List<byte[]>? TryItems(ReadOnlySpan<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text.ToArray(), Options);
            var members = Members(document.RootElement);
            return members.Count(member => member.Name == "data") == 1
                && members.Single(member => member.Name == "data").Value is { ValueKind: JsonValueKind.Array } data
                && members.LastOrDefault(member => member.Name == "schema" && member.Value.ValueKind == JsonValueKind.String) is { Name: not null } schema
                && PayloadSchema().IsMatch(schema.Value.GetString()!)
                    ? [.. data.EnumerateArray().Select(item => JsonMarshal.GetRawUtf8Value(item).ToArray())]
                    : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The items of a payload that anybody would take for one: just schema and data, in UTF-8.</summary>
    private static List<byte[]>? TryPlainItems(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text) || text.Contains((byte)'\\') || TryItems(text) is not { } items)
            return null;
        using var document = JsonDocument.Parse(text.ToArray(), Options);
        return document.RootElement.EnumerateObject().Count() == 2 ? items : null;
    }

    private static List<(string? Name, JsonElement Value)> Members(JsonElement root)
    {
        var members = new List<(string?, JsonElement)>();
        if (root.ValueKind != JsonValueKind.Object)
            return members;
        foreach (var member in root.EnumerateObject())
        {
            try
            {
                members.Add((member.Name, member.Value));
            }
            catch (InvalidOperationException)
            {
                // Half a surrogate pair, or no UTF-8: no name of the protocol.
            }
        }
        return members;
    }

    private static void TakeQuery(List<Offered> left, ReferenceQuery query) => PropertyException.Require(
        Take(left, offered => ReferenceItem.IsQuery(offered.Payload, query)), NothingLost, "the query is in no event");

    private static bool Take(List<Offered> left, byte[] payload) => Take(left, offered => offered.Payload.AsSpan().SequenceEqual(payload));

    private static bool Take(List<Offered> left, Predicate<Offered> isIt)
    {
        var at = left.FindIndex(isIt);
        if (at >= 0)
            left.RemoveAt(at);
        return at >= 0;
    }

    private static void RequireNone(List<Offered> left) => PropertyException.Require(
        left.Count == 0, NothingLost, $"{left.Count} events are of nothing that was sent: {Encoding.UTF8.GetString(left.FirstOrDefault()?.Payload ?? [])}");

    [GeneratedRegex("^iglu:com\\.snowplowanalytics\\.snowplow/payload_data/jsonschema/1-[0-9]+-[0-9]+\\z", RegexOptions.CultureInvariant)]
    private static partial Regex PayloadSchema();
}
