namespace Ingest.Collector;

/// <summary>What a primary spends on relays, with units and reasons.</summary>
public static class RelayGateLimits
{
    /// <summary>Relay requests at once, of all regions. Beyond, 503: live traffic has the rest of the machine.</summary>
    public const int RequestsMax = 4;

    /// <summary>Bytes of relay requests at once, as sent and unpacked: two of the largest lines there can be.</summary>
    public const long BytesMax = 160L << 20;

    /// <summary>Bytes of one request, unpacked: one line of the largest body that is taken, as base64 or escaped, with its head.</summary>
    public const int RequestBytesMax = 64 << 20;

    /// <summary>Lines of a request; a bridge sends as many at most.</summary>
    public const int LinesMax = 1_000;

    /// <summary>Of what live traffic may have in flight, the share in percent above which relays get 503.</summary>
    public const int LivePercentMax = 50;

    /// <summary>How far the clocks of two regions may differ, and how long a request that was overheard can be sent again: its events are duplicates then.</summary>
    public static readonly TimeSpan ClockSkewMax = TimeSpan.FromMinutes(5);
}
