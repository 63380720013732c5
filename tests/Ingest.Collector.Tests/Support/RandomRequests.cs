using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Ingest.Collector.Tests;

/// <summary>Whatever clients may send, good and bad.</summary>
internal static class RandomRequests
{
    /// <summary>Bodies from random bytes to JSON with a few bytes changed, cut off, or doubled.</summary>
    public static Gen<byte[]> Bodies()
    {
        var json = Gen.OneOf(
            Objects(),
            Objects().ListOf().Select(list => $"[{string.Join(',', list)}]"),
            Objects().ListOf().Select(list => string.Join('\n', list)),
            Objects().ListOf().Select(list => string.Join("\r\n", list) + "\n"),
            Objects().Select(o => o.Replace(",", ",\n  ", StringComparison.Ordinal)));
        var bytes = json.Select(Encoding.UTF8.GetBytes);
        var changed =
            from body in bytes
            from at in Gen.Choose(0, Math.Max(0, body.Length - 1))
            from value in Gen.Elements<byte>(0, 10, 34, 44, 58, 91, 92, 93, 123, 125, 0xc3, 0xff)
            select Changed(body, at, value);
        var cut =
            from body in bytes
            from at in Gen.Choose(0, body.Length)
            select body[..at];
        var random = Gen.Choose(0, 255).Select(b => (byte)b).ListOf().Select(list => list.ToArray());
        return Gen.Frequency((2, bytes), (4, changed), (3, cut), (1, random));
    }

    private static byte[] Changed(byte[] body, int at, byte value)
    {
        var copy = body.ToArray();
        if (at < copy.Length)
            copy[at] = value;
        return copy;
    }

    private static Gen<string> Objects() =>
        from names in Gen.Elements("event_id", "name", "schema", "data", "occurred_at", "sent_at", "e", "p", "tv", "aid", "co", "cx", "ue_pr", "x").ListOf()
        from values in Gen.ListOf(Values(), names.Count)
        select $"{{{string.Join(',', names.Zip(values, (n, v) => $"\"{n}\":{v}"))}}}";

    private static Gen<object> Values() => Gen.Elements<object>(
        "1", "-1.5e3", "1795292104123", "null", "true", "\"\"", "\"a\"", "\"ü\\u0000\\ud83d\\ude00\"", "\"\\ud800\"", "\"pv\"", "\"ue\"",
        "\"2026-11-21T20:15:03Z\"", "\"iglu:com.acme/x/jsonschema/1-0-0\"", "[]", "[1,[2,{}]]", "{}", "{\"a\":{\"b\":\"\\\"\"}}",
        "\"eyJzY2hlbWEiOiJ4IiwiZGF0YSI6e319\"", "\"{\\\"schema\\\":\\\"iglu:a/b/jsonschema/1-0-0\\\",\\\"data\\\":[]}\"");

    /// <summary>Items of a tracker payload.</summary>
    public static Gen<List<string>> Items() =>
        Gen.OneOf(Objects(), Values().Select(v => v.ToString()!)).ListOf().Where(list => list.Count > 0);

    /// <summary>Queries, without the question mark.</summary>
    public static Gen<string> Queries() =>
        Gen.Elements("e", "p", "v", "=", "=", "&", "&", "%", "%2", "%20", "%c3%bc", "%ff", "%00", "+", "\"", "\\", "tv", "aid", "cx", "co").ListOf().Select(parts => string.Concat(parts));
}
