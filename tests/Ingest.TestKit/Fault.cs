using Microsoft.AspNetCore.Http;

namespace Ingest.TestKit;

/// <summary>What a <see cref="FaultProxy"/> does to a request instead of passing it on.</summary>
public abstract record Fault
{
    private Fault()
    {
    }

    /// <summary>Passes everything.</summary>
    public static Fault None { get; } = new Pass();

    /// <summary>503 Slow Down, as S3 asks for less.</summary>
    public static Fault SlowDown { get; } = new Answer(503, "SlowDown");

    /// <summary>500 Internal Error, as S3 fails.</summary>
    public static Fault InternalError { get; } = new Answer(500, "InternalError");

    /// <summary>403 Access Denied.</summary>
    public static Fault AccessDenied { get; } = new Answer(403, "AccessDenied");

    /// <summary>The requests it applies to; the others pass.</summary>
    public Func<HttpRequest, bool> AppliesTo { get; init; } = _ => true;

    /// <summary>Passes the request on.</summary>
    public sealed record Pass : Fault;

    /// <summary>Nobody listens on the port, and connections that were open are cut.</summary>
    public sealed record Refuse : Fault;

    /// <summary>Answers in the upstream's place, with an S3 error document where there is a code.</summary>
    public sealed record Answer(int Status, string? Code = null) : Fault;

    /// <summary>Passes the request on after a while.</summary>
    public sealed record Delay(TimeSpan Time) : Fault;

    /// <summary>Never answers; ends when the client gives up or the fault changes.</summary>
    public sealed record Hang : Fault;

    /// <summary>Lets the upstream do its work, then cuts the connection in place of the answer.</summary>
    public sealed record LoseAnswer : Fault;

    /// <summary>Passes this many bytes of the body on, then cuts both connections.</summary>
    public sealed record CutBody(long AfterBytes) : Fault;
}
