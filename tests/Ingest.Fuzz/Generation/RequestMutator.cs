using System.Text;

namespace Ingest.Fuzz;

/// <summary>Changes a part of a request: mostly its body, as bytes or as JSON; else its query, its headers, how it arrives.</summary>
internal static class RequestMutator
{
    private static readonly Mutator Bodies = new([.. new[]
    {
        "\"event_id\":\"a\"", "\"name\":", "\"schema\":\"iglu:com.acme/signup/jsonschema/1-0-0\"", "\"data\":", "\"data\":[]", "\"e\":\"ue\"", "\"eid\":",
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\n", "\r\n", "\r", " ", "\t", "{}", "[]", "\\u0000", "\\ud800", "\\ud83d\\ude00", "\\", "\\n",
        "null", "true", "-", "1e999", "0", "\uFEFF", "\u2028", "\0", "\"aid\":\"blog\",", "}\n{", "},{", "\"\":", "\"event_id\":\"a\",\"event_id\":\"b\",",
    }.Select(Encoding.UTF8.GetBytes), [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x1F, 0x8B]]);

    private static readonly Mutator Queries = new([.. new[]
    {
        "&", "=", "%", "%00", "%ff", "%c3%bc", "+", "?", "eid=8a1d7f1e-4f0e-4c55-bb0c-5c3c5b3f3a01", "e=pv", "&&", "aid=blog", "nuid=x%0d%0ay", "co=%7b%7d", "%25",
    }.Select(Encoding.ASCII.GetBytes)]);

    /// <param name="chance">The only source of choices.</param>
    /// <param name="request">What is changed.</param>
    /// <param name="other">Another request, to take parts of.</param>
    public static RequestInput Change(Chance chance, RequestInput request, RequestInput other)
    {
        switch (chance.Next(14))
        {
            case 0:
                return request with { Query = Sendable(Queries.Change(chance, Bytes(request.Query), Bytes(other.Query))) };
            case 1:
                return request with { Path = other.Path, Method = other.Method, Headers = other.Headers };
            case 2:
                return request with { Piece = chance.Of(0, 1, 2, 3, 7, 16, 64, 500) };
            case 3:
                return request with { Headers = [.. request.Headers, .. other.Headers.Where(_ => chance.OneIn(2))] };
            case 4:
                return request with { Body = Gzip.Compress(chance, request.Body) };
            case 5 or 6 or 7 or 8:
                return request with { Body = Changed(chance, request.Body, body => JsonMutator.Change(chance, body, other.Body)) };
            default:
                return request with { Body = Changed(chance, request.Body, body => Bodies.Change(chance, body, other.Body)) };
        }
    }

    /// <summary>Changes a body, a compressed one in half of the cases by what it holds.</summary>
    private static byte[] Changed(Chance chance, byte[] body, Func<byte[], byte[]> change) =>
        body.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])
        && chance.OneIn(2)
        && ReferenceGzip.Decode(body, 64 << 10, out var plain) == GzipVerdict.Whole
            ? Gzip.Compress(chance, change(plain))
            : change(body);

    private static byte[] Bytes(string? query) => Encoding.Latin1.GetBytes(query ?? "");

    /// <summary>A query of only those characters that a target may have.</summary>
    private static string Sendable(byte[] query) =>
        string.Concat(query.Select(b => b is > (byte)' ' and <= (byte)'~' and not (byte)'#' ? ((char)b).ToString() : $"%{b:x2}"));
}
