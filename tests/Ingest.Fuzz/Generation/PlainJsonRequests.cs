namespace Ingest.Fuzz;

/// <summary>Plain JSON requests as clients send them, with all that is odd in the field.</summary>
internal static class PlainJsonRequests
{
    private static readonly string[] Names =
    [
        "event_id", "name", "occurred_at", "sent_at", "schema", "data", "id", "type", "at", "sent", "$schema", "body", "user", "plan", "age", "x",
    ];

    public static RequestInput Make(Chance chance) => new()
    {
        Method = "POST",
        Path = "/v1/events/" + chance.Of("shop", "shop", "blog", "fixed"),
        Headers = Headers(chance),
        Body = Body(chance),
        Piece = chance.OneIn(8) ? 1 + chance.Skewed(200) : 0,
    };

    public static byte[] Body(Chance chance)
    {
        var text = new ByteText();
        if (chance.OneIn(30))
            text.Add("\uFEFF"u8);
        // Array, one a line, or one after the other; seldom hundreds.
        var form = chance.Next(4);
        var events = form == 3 ? 1 : chance.Skewed(chance.OneIn(40) ? 330 : 6);
        var between = form switch { 0 => ",", 1 => chance.Of("\n", "\r\n", "\n\n", "\r"), _ => chance.Of("\n", " ", "") };
        if (form == 0)
            text.Add((byte)'[');
        for (; events > 0; events--)
        {
            Event(chance, text, levels: events > 20 ? 1 : 4);
            RandomJson.Space(chance, text);
            if (events > 1)
                text.Add(between);
        }
        if (form == 0)
            text.Add((byte)']');
        RandomJson.Space(chance, text);
        return text.ToArray();
    }

    private static void Event(Chance chance, ByteText text, int levels)
    {
        if (chance.OneIn(12))
            RandomJson.Value(chance, text, levels);
        else
            RandomJson.Object(chance, text, chance.Skewed(7), (names, to) => RandomJson.Name(names, to, names.OfList(Names)), levels);
    }

    private static (string, string)[] Headers(Chance chance) =>
    [
        ("Authorization", chance.OneIn(60) ? chance.Of("Bearer wrong", "Basic !!", "Basic ZnV6ejp4", "") : "Bearer " + FuzzSources.Key),
        ("Content-Type", chance.Of("application/json", "application/x-ndjson", "text/plain")),
    ];
}
