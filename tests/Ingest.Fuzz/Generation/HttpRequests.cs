namespace Ingest.Fuzz;

/// <summary>Requests for everything that the collector answers, however HTTP can go wrong: methods, paths, keys, encodings, cut bodies.</summary>
internal static class HttpRequests
{
    /// <summary>A request of any protocol in an odd shape.</summary>
    public static RequestInput Odd(Chance chance)
    {
        var request = Any(chance);
        return chance.Next(9) switch
        {
            0 => request with { Method = chance.Of("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "get", "X-Y") },
            1 => request with
            {
                Path = chance.Of("/", "/health", "/ready", "/sink-health", "/robots.txt", "/i", "/v1/events/", "/v1/events/shop/", "/v1/events/nobody",
                    "/v1/events/unknown", "/v1/events/%73hop", "//i", "/com.snowplowanalytics.snowplow/tp2/", "/I", FuzzSources.ShopPath + "x"),
            },
            2 => With(request, "Authorization", chance.Of("", "Bearer", "Bearer ", "bearer " + FuzzSources.Key, "Basic ZnV6ei13cml0ZS1rZXk6", "Basic =", new string('B', 600))),
            3 => With(request, "Content-Encoding", chance.Of("gzip", "GZIP", "x-gzip", "identity", "br", "deflate", "gzip, gzip", "", "\u00ff")),
            4 => With(request, "Content-Length", chance.Of("0", "1", "32768", "32769", "70000", "99999999999999999999", "-1", "+1", "0x10", " 5")),
            5 => request with { End = chance.Of(BodyEnd.Broken, BodyEnd.Slow, BodyEnd.Reset), Piece = chance.Skewed(100) },
            6 => request with { Body = Padded(request.Body, chance.Of(32_767, 32_768, 32_769, 40_000, 110_000)) },
            7 => With(request, "Expect", "100-continue"),
            _ => With(request, chance.Of("Transfer-Encoding", "Origin", "Cookie", "X-Forwarded-For", "Fuzz"), RandomText(chance)),
        };
    }

    /// <summary>A request whose body is gzip in one way or another.</summary>
    public static RequestInput Compressed(Chance chance)
    {
        var request = Any(chance) with { Method = "POST" };
        var body = chance.OneIn(40)
            ? Gzip.Bomb(chance.Of(127 << 10, 128 << 10, (128 << 10) + 1, 300 << 10), chance.Of((byte)' ', (byte)'[', (byte)'0', (byte)0))
            : Gzip.Compress(chance, request.Body);
        request = request with { Body = body };
        return chance.OneIn(2) ? With(request, "Content-Encoding", chance.Of("gzip", "gzip", "x-gzip", "br")) : request;
    }

    private static RequestInput Any(Chance chance) =>
        chance.Next(3) switch { 0 => PlainJsonRequests.Make(chance), 1 => TrackerRequests.Post(chance), _ => TrackerRequests.Get(chance) };

    private static RequestInput With(RequestInput request, string name, string value) =>
        request with { Headers = [.. request.Headers.Where(header => header.Name != name), (name, value)] };

    private static byte[] Padded(byte[] body, int length)
    {
        var padded = new byte[Math.Max(length, body.Length)];
        padded.AsSpan().Fill((byte)' ');
        body.CopyTo(padded, 0);
        return padded;
    }

    private static string RandomText(Chance chance) =>
        string.Create(chance.Skewed(60), chance, (text, from) =>
        {
            foreach (ref var letter in text)
                letter = (char)(' ' + from.Next(0xE0));
        }).Replace('\u007f', '~').Trim();
}
