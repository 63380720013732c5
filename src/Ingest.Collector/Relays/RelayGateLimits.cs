namespace Ingest.Collector;

/// <summary>What a primary spends on relays, with units and reasons.</summary>
public static class RelayGateLimits
{
    /// <summary>Relay requests at once, of all regions. Beyond, 503: live traffic has the rest of the machine.</summary>
    public const int RequestsMax = 4;

    /// <summary>Least bytes of one request, unpacked, that are taken.</summary>
    public const int RequestBytesMin = 64 << 20;

    /// <summary>A byte of an original takes up to six in its line, where all are control characters; in base64 less.</summary>
    private const long BytesEach = 6;

    /// <summary>Room for the rest of a line.</summary>
    private const int HeadBytes = 1 << 20;

    /// <summary>Lines of a request; a bridge sends as many at most.</summary>
    public const int LinesMax = 1_000;

    /// <summary>Of what live traffic may have in flight, the share in percent above which relays get 503.</summary>
    public const int LivePercentMax = 50;

    /// <summary>How far the clocks of two regions may differ, and how long a request that was overheard can be sent again: its events are duplicates then.</summary>
    public static readonly TimeSpan ClockSkewMax = TimeSpan.FromMinutes(5);

    /// <summary>Most bytes of one request, unpacked: one line of the largest body that the collector takes.</summary>
    public static int RequestBytesMax(CollectorLimits limits) =>
        (int)Math.Min(Math.Max(RequestBytesMin, (BytesEach * limits.DecompressedBytesMax) + HeadBytes), int.MaxValue / 2);

    /// <summary>Most bytes of relay requests at once, of all regions: one of the largest as sent, unpacked and read.</summary>
    public static long BytesMax(CollectorLimits limits) => 3L * RequestBytesMax(limits);
}
