using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Ingest.Fuzz;

/// <summary>Requests of Snowplow trackers: payloads by POST, single events by GET, and both at once.</summary>
internal static class TrackerRequests
{
    private const string Vendor = "iglu:com.snowplowanalytics.snowplow/";

    private static readonly string[] Names =
    [
        "e", "p", "tv", "aid", "eid", "dtm", "stm", "ttm", "ue_pr", "ue_px", "co", "cx", "nuid", "url", "page", "se_ca", "se_va", "uid", "nonsense",
    ];

    private static readonly string[] Ids =
    [
        "8a1d7f1e-4f0e-4c55-bb0c-5c3c5b3f3a01", "8A1D7F1E-4F0E-4C55-BB0C-5C3C5B3F3A01", "8a1d7f1e-4f0e-4c55-bb0c-5c3c5b3f3a02", "undefined", "",
    ];

    public static RequestInput Post(Chance chance)
    {
        var body = new ByteText();
        Payload(chance, body);
        return new()
        {
            Method = "POST",
            Path = chance.Of("/com.snowplowanalytics.snowplow/tp2", "/com.snowplowanalytics.snowplow/tp2", FuzzSources.ShopPath),
            Query = chance.OneIn(6) ? Query(chance) : null,
            Headers = Headers(chance),
            Body = body.ToArray(),
            Piece = chance.OneIn(8) ? 1 + chance.Skewed(200) : 0,
        };
    }

    public static RequestInput Get(Chance chance) => new()
    {
        Method = chance.Of("GET", "GET", "GET", "HEAD", "POST"),
        Path = chance.Of("/i", "/ice.png", "/com.snowplowanalytics.snowplow/tp2", FuzzSources.ShopPath),
        Query = Query(chance),
        Headers = Headers(chance),
        Body = chance.OneIn(10) ? PlainJsonRequests.Body(chance) : [],
    };

    private static void Payload(Chance chance, ByteText text)
    {
        var version = chance.OneIn(30) ? chance.Of("1-0", "2-0-0", "1-0-x", "", "1-0-4-0") : chance.Of("1-0-4", "1-0-0");
        text.Add("{\"schema\":\""u8).Add($"{Vendor}payload_data/jsonschema/{version}").Add("\",\"data\":["u8);
        for (var items = chance.Skewed(chance.OneIn(40) ? 320 : 5); items >= 0; items--)
        {
            if (chance.OneIn(25))
                RandomJson.Value(chance, text, levels: 3);
            else
                Item(chance, text);
            if (items > 0)
                text.Add((byte)',');
        }
        text.Add("]"u8);
        if (chance.OneIn(20))
            text.Add(chance.Of(",\"more\":1", ",\"data\":[]", ",\"data\":\"x\"", ",\"schema\":7", ",\"schema\":\"iglu:x\""));
        text.Add("}"u8);
    }

    private static void Item(Chance chance, ByteText text)
    {
        text.Add((byte)'{');
        for (var members = 1 + chance.Skewed(12); members > 0; members--)
        {
            var name = chance.OfList(Names);
            RandomJson.Name(chance, text, name);
            text.Add((byte)':');
            if (chance.OneIn(20))
                RandomJson.Value(chance, text, levels: 2);
            else if (chance.OneIn(8))
                RandomJson.Text(chance, text);
            else
                text.Add(JsonSerializer.SerializeToUtf8Bytes(Value(chance, name)));
            if (members > 1)
                text.Add((byte)',');
        }
        text.Add((byte)'}');
    }

    private static string Value(Chance chance, string name) => name switch
    {
        "e" => chance.Of("pv", "pp", "se", "ue", "ue", "tr", "ti", "zz", ""),
        "p" => chance.Of("web", "srv", ""),
        "tv" => "js-4.1.0",
        "aid" => chance.Of("shop-web", "blog", "nobody", ""),
        "eid" => chance.OfList(Ids),
        "dtm" or "stm" or "ttm" => chance.Of("1795292100123", "-1", "0", "9999999999999999999", "253402300799999", "253402300800000", "1.5", ""),
        "ue_pr" => Encoding.UTF8.GetString(Event(chance)),
        "co" => Encoding.UTF8.GetString(Contexts(chance)),
        "ue_px" => Base64(chance, Event(chance)),
        "cx" => Base64(chance, Contexts(chance)),
        _ => chance.Of("x", "grün €😀", "https://shop.example/?a=b&c=%20", "<b>\"'</b>", "6f2c1d1e-9a77-4a53-8a6e-0d1c2b3a4f5e"),
    };

    private static byte[] Event(Chance chance)
    {
        var text = new ByteText().Add($"{{\"schema\":\"{Vendor}unstruct_event/jsonschema/1-0-{chance.Next(2)}\",\"data\":");
        SelfDescribing(chance, text);
        return text.Add("}"u8).ToArray();
    }

    private static byte[] Contexts(Chance chance)
    {
        var text = new ByteText().Add($"{{\"schema\":\"{Vendor}contexts/jsonschema/1-0-0\",\"data\":[");
        for (var documents = chance.Skewed(chance.OneIn(100) ? 300 : 4); documents > 0; documents--)
        {
            SelfDescribing(chance, text);
            if (documents > 1)
                text.Add((byte)',');
        }
        return text.Add("]}"u8).ToArray();
    }

    private static void SelfDescribing(Chance chance, ByteText text)
    {
        var schema = chance.Of("com.acme/signup/jsonschema/1-0-0", "com.acme/device/jsonschema/1-0-0", "com.acme/broken/jsonschema/1-0-0", "a/b/c", "a/b/jsonschema/1-0-0");
        text.Add($"{{\"schema\":\"iglu:{schema}\",\"data\":");
        if (chance.OneIn(3))
            text.Add("{\"user\":\"u\",\"plan\":\"free\",\"age\":30}"u8);
        else
            RandomJson.Value(chance, text, levels: 4);
        text.Add((byte)'}');
    }

    private static string Base64(Chance chance, byte[] document) => chance.Next(12) switch
    {
        0 => Convert.ToBase64String(document),
        1 => Base64Url.EncodeToString(document) + "==",
        2 => Base64Url.EncodeToString(document)[..chance.Next(document.Length)],
        3 => "*" + Base64Url.EncodeToString(document),
        _ => Base64Url.EncodeToString(document),
    };

    private static string Query(Chance chance)
    {
        var text = new StringBuilder();
        for (var parameters = chance.Skewed(chance.OneIn(100) ? 520 : 12); parameters >= 0; parameters--)
        {
            var name = chance.OfList(Names);
            text.Append(name);
            if (!chance.OneIn(20))
                text.Append('=').Append(Encode(chance, chance.OneIn(10) ? "ü%=&+\0" : Value(chance, name)));
            if (parameters > 0)
                text.Append(chance.OneIn(20) ? "&&" : "&");
        }
        return text.ToString();
    }

    private static string Encode(Chance chance, string value) => chance.Next(30) switch
    {
        0 => "%ff%fe",
        1 => "%c3",
        2 => "%u00fc%",
        _ => Uri.EscapeDataString(value),
    };

    private static List<(string, string)> Headers(Chance chance)
    {
        var headers = new List<(string, string)>();
        if (chance.OneIn(3))
            headers.Add(("User-Agent", chance.Of("Mozilla/5.0 (X11; Linux x86_64)", "\u00fc\u00ff\u0080", new string('a', 1_100), "\"\\\t")));
        if (chance.OneIn(6))
            headers.Add(("Cookie", chance.Of("sp=6f2c1d1e-9a77-4a53-8a6e-0d1c2b3a4f5e", "sp=\"a b\"", "sp=" + new string('b', 90), "sp=; sp=x; =;;", "sp=a\u00ff")));
        if (chance.OneIn(6))
            headers.Add(("Origin", chance.Of("https://shop.example", "https://evil.shop.example:99/", "null", "\u00ff", "https://x y", new string('o', 400))));
        if (chance.OneIn(8))
            headers.Add(("X-Forwarded-For", chance.Of("203.0.113.7, 10.0.0.1", "[::1]:80", "unknown", "1.2.3.4.5", ",")));
        if (chance.OneIn(10))
            headers.Add(("SP-Anonymous", "*"));
        if (chance.OneIn(10))
            headers.Add(("Referer", chance.Of("https://shop.example/a?b#c", "\u00e4\"\\", "")));
        return headers;
    }
}
