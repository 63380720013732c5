using System.IO.Compression;
using System.Text;

namespace Ingest.Fuzz;

/// <summary>Requests written by hand: what clients send, and what once was, or could be, got wrong.</summary>
internal static class RequestCorpus
{
    private const string Envelope = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":";

    private const string PageView = "{\"e\":\"pv\",\"p\":\"web\",\"tv\":\"js-4.1.0\",\"aid\":\"shop-web\",\"eid\":\"8a1d7f1e-4f0e-4c55-bb0c-5c3c5b3f3a01\",\"dtm\":\"1795292100123\",\"stm\":\"1795292100130\"}";

    public static IReadOnlyList<byte[]> All { get; } =
    [
        // Plain JSON: one object, arrays, lines, pretty-printed, broken in between.
        Json("{\"event_id\":\"a-1\",\"name\":\"signup\",\"occurred_at\":\"2026-11-21T20:15:03.123+01:00\",\"sent_at\":1795292104123}"),
        Json("{\"schema\":\"iglu:com.acme/signup/jsonschema/1-0-0\",\"data\":{\"user\":\"u\",\"plan\":\"free\",\"age\":30}}"),
        Json("{\"schema\":\"iglu:com.acme/device/jsonschema/1-0-0\",\"data\":{\"parts\":[{\"parts\":[]}],\"x-a\":\"aaaaaaaaaaaaaaaaaaaaaaaa!\"}}"),
        Json("[{\"a\":1},{\"event_id\":\"a-1\"} , [1,2],\"x\",null]"),
        Json("[{\"a\":1},{\"b\":"),
        Json("[{\"a\":1}]x"),
        Json("[,{\"a\":1}]"),
        Json("{\"a\":1}\n{\"a\":\n{\"b\":2}\r\n\r\n\"x\"\n"),
        Json("{\n  \"a\": 1,\n  \"b\": [\n 2 ]\n}\n{\n  \"c\": 3\n}"),
        Json("{\"a\":1}{\"b\":2}"),
        Json("\uFEFF \n{\"event_id\":\"\\ud800\",\"a\":\"\\udc00\"}"),
        Json("{\"event_id\":\"x\",\"event_id\":\"\\u0079\",\"data\":1,\"data\":{\"data\":2}}"),
        Json(new string('[', 70) + new string(']', 70)),
        Json(new string('{', 1_100)),
        Json("{\"event_id\":\"" + new string('i', 1_025) + "\"}"),
        Json("\u2028{\"a\":\"\0\"}"),
        Latin("POST /v1/events/shop HTTP/1.1\r\nAuthorization: Bearer fuzz-write-key\r\n\r\n{\"a\":\"\u00ff\u00c3\"}"),
        Utf8("POST /v1/events/blog HTTP/1.1\r\nAuthorization: Basic ZnV6ei13cml0ZS1rZXk6\r\nContent-Length: 9\r\n\r\n{\"id\":\"x\"}"),
        Utf8("POST /v1/events/fixed HTTP/1.1\r\nAuthorization: Bearer fuzz-write-key\r\nContent-Encoding: br\r\n\r\n{}"),

        // Trackers: payloads, queries, both; documents inside.
        Tracker("", Envelope + "[" + PageView + "]}"),
        Tracker("", Envelope + "[" + PageView + ",{\"e\":\"se\",\"p\":\"web\",\"tv\":\"x\",\"aid\":\"blog\"},7,{}]}"),
        Tracker("", Envelope + "[" + PageView + "],\"data\":\"lost?\"}"),
        Tracker("", Envelope + "[]}"),
        Tracker("", Envelope + "[" + PageView + "]}x"),
        Tracker("", "{\"\\u0064ata\":[" + PageView + "],\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-0\"}"),
        Tracker("?aid=blog&uid=u%20%c3%bc+1&eid=8a1d7f1e-4f0e-4c55-bb0c-5c3c5b3f3a02", Envelope + "[" + PageView + "]}"),
        Tracker("?eid=8a1d7f1e-4f0e-4c55-bb0c-5c3c5b3f3a02", Envelope + "[" + PageView + "," + PageView + "]}"),
        Tracker("?aid=blog", Envelope + "[1]}"),
        Tracker("?eid=a&a", Envelope + "[1,[]]}"),
        Tracker("?aid=%ff", Envelope + "[" + PageView + "]}"),
        Tracker("?a=1", " \n"),
        Tracker("", Envelope + "[{\"e\":\"ue\",\"p\":\"srv\",\"tv\":\"x\",\"aid\":\"shop-web\",\"ue_pr\":\"{\\\"schema\\\":\\\"iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0\\\",\\\"data\\\":{\\\"schema\\\":\\\"iglu:com.acme/signup/jsonschema/1-0-0\\\",\\\"data\\\":{\\\"plan\\\":\\\"free\\\"}}}\",\"cx\":\"eyJzY2hlbWEiOiJpZ2x1OmNvbS5zbm93cGxvd2FuYWx5dGljcy5zbm93cGxvdy9jb250ZXh0cy9qc29uc2NoZW1hLzEtMC0wIiwiZGF0YSI6W119\"}]}"),
        Utf8("GET /i?e=pv&p=web&tv=no-js-0.1.0&aid=shop-web&page=Home%20%26%20more&nuid=a%0d%0ab HTTP/1.1\r\nCookie: sp=abc\r\nOrigin: https://shop.example\r\n\r\n"),
        Utf8("HEAD /ice.png??e=pv&&=&a HTTP/1.1\r\nSP-Anonymous: *\r\n\r\n"),
        Utf8("GET /i HTTP/1.1\r\n\r\n{}"),

        // Compressed bodies: whole, of several members, cut off, of nothing, with something behind.
        Zipped(Gzip.Member("{\"a\":1}"u8, CompressionLevel.Fastest)),
        Zipped([.. Gzip.Member("{\"a\":1}\n{\"b\""u8, CompressionLevel.Fastest), .. Gzip.Member(":2}"u8, CompressionLevel.NoCompression)]),
        Zipped(Gzip.Member("{\"a\":1}"u8, CompressionLevel.Optimal)[..^1]),
        Zipped([.. Gzip.Member("{\"a\":1}"u8, CompressionLevel.Optimal), 0]),
        Zipped(Gzip.Member([], CompressionLevel.Optimal)),
        Zipped([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 3, 0xff, 0xff]),
        Zipped(Gzip.Bomb(300 << 10, (byte)' ')),

        // Everything else.
        Utf8("OPTIONS /com.snowplowanalytics.snowplow/tp2 HTTP/1.1\r\nOrigin: https://shop.example\r\n\r\n"),
        Utf8("GET /health HTTP/1.1\r\n\r\n"),
        Utf8("POST /v1/events/shop HTTP/1.1\r\n\r\n{}"),
        Utf8("POST /v1/events/shop HTTP/1.1\r\nAuthorization: Bearer fuzz-write-key\r\nContent-Length: 99\r\n\r\n{\"a\":1}"),
        Utf8("POST /com.shop/track HTTP/1.1\r\nFuzz-End: Reset\r\nFuzz-Piece: 3\r\n\r\n" + Envelope),
    ];

    private static byte[] Json(string body) =>
        Utf8("POST /v1/events/shop HTTP/1.1\r\nAuthorization: Bearer fuzz-write-key\r\n\r\n" + body);

    private static byte[] Tracker(string query, string body) =>
        Utf8($"POST /com.snowplowanalytics.snowplow/tp2{query} HTTP/1.1\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{body}");

    private static byte[] Zipped(byte[] body) =>
        [.. Utf8("POST /v1/events/shop HTTP/1.1\r\nAuthorization: Bearer fuzz-write-key\r\nContent-Encoding: gzip\r\n\r\n"), .. body];

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);
}
