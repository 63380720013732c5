using Microsoft.AspNetCore.Http;

namespace Ingest.Collector;

/// <summary>
/// Cross-origin headers. They stand on every answer, errors included: without them a browser hides the status from the
/// tracker, which then takes a 413 for a broken network and sends again for ever.
/// </summary>
public static class Cors
{
    /// <summary>Longest <c>Origin</c> that is echoed, in characters: a scheme, a host name of 253 and a port.</summary>
    private const int OriginLengthMax = 300;

    /// <summary>
    /// Lets the request's origin read the answer. The origin is echoed, since browsers refuse <c>*</c> with credentials.
    /// </summary>
    public static void Apply(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = IsWellFormed(origin) ? origin : "*";
        headers.AccessControlAllowCredentials = "true";
    }

    /// <summary>Answers a preflight. GET, HEAD and POST need no <c>Allow-Methods</c>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isTracker">False for paths where clients send keys and compressed bodies.</param>
    public static void Preflight(HttpContext context, bool isTracker)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowHeaders = isTracker
            ? "Content-Type, SP-Anonymous"
            : "Authorization, Content-Type, Content-Encoding";
        headers.AccessControlMaxAge = "3600";
    }

    private static bool IsWellFormed(string origin) =>
        origin.Length is > 0 and <= OriginLengthMax && !origin.AsSpan().ContainsAnyExceptInRange('!', '~');
}
