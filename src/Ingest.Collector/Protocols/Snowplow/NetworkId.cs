using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Ingest.Collector;

/// <summary>
/// The network id of a visitor, which the trackers' cookie carries from site to site: nobody's where the request asks to
/// be anonymous, else that of the query, else that of the cookie, else a new one.
/// </summary>
public sealed class NetworkId(CookieSettings settings, TimeProvider time, IIdSource ids)
{
    private const string AnonymousHeader = "SP-Anonymous";

    /// <summary>Longest network id that is taken from a request; a UUID has 36.</summary>
    private const int LengthMax = 64;

    private static readonly string NobodysId = Guid.Empty.ToString();

    /// <summary>True where the request asks that neither address nor network id be recorded.</summary>
    public static bool IsAnonymous(HttpRequest request) => request.Headers.ContainsKey(AnonymousHeader);

    /// <summary>Finds the network id of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="fromQuery">Value of <c>nuid</c>; null where there is none.</param>
    public string Find(HttpRequest request, string? fromQuery)
    {
        if (IsAnonymous(request))
            return NobodysId;
        if (IsWellFormed(fromQuery))
            return fromQuery!;
        var fromCookie = request.Cookies[settings.Name];
        return IsWellFormed(fromCookie) ? fromCookie! : ids.NewNetworkId().ToString();
    }

    /// <summary>Has the visitor's browser keep the network id, or forget it where the request is anonymous.</summary>
    public void SetCookie(HttpContext context, string networkId)
    {
        if (!settings.Enabled)
            return;
        var isAnonymous = IsAnonymous(context.Request);
        if (isAnonymous && !context.Request.Cookies.ContainsKey(settings.Name))
            return;
        var expires = isAnonymous ? DateTimeOffset.UnixEpoch : time.GetUtcNow() + settings.Lifetime;
        var domain = Domain(context.Request.Headers.Origin.ToString()) is { } known ? $"; Domain={known}" : "";
        context.Response.Headers.SetCookie = string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Name}={(isAnonymous ? "" : networkId)}; Expires={expires:R}; Path=/{domain}; SameSite=None; Secure; HttpOnly");
    }

    private string? Domain(string origin)
    {
        if (settings.Domains.Count > 0 && Uri.TryCreate(origin, UriKind.Absolute, out var uri))
        {
            var host = uri.Host;
            var found = settings.Domains.FirstOrDefault(domain => host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
                && (host.Length == domain.Length || host[^(domain.Length + 1)] == '.'));
            if (found is not null)
                return found;
        }
        return settings.FallbackDomain;
    }

    /// <summary>Foreign ids go into a header of ours: only what cannot break out of it is taken.</summary>
    private static bool IsWellFormed(string? id) =>
        id is { Length: > 0 and <= LengthMax } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
