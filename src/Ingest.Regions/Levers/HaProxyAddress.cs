using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Ingest.Regions;

/// <summary>Where HAProxy's runtime API listens: <c>unix:/run/haproxy/admin.sock</c> or <c>tcp:10.0.0.5:9999</c>.</summary>
/// <param name="EndPoint">The socket.</param>
/// <param name="Text">As it was written.</param>
public sealed record HaProxyAddress(EndPoint EndPoint, string Text)
{
    /// <summary>Reads an address; false where it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out HaProxyAddress? address)
    {
        address = null;
        if (text.StartsWith("unix:/", StringComparison.Ordinal))
        {
            // The system's own limit of such a path.
            if (text.Length - "unix:".Length <= 107)
                address = new HaProxyAddress(new UnixDomainSocketEndPoint(text["unix:".Length..]), text);
        }
        else if (text.StartsWith("tcp:", StringComparison.Ordinal)
            && Uri.TryCreate($"tcp://{text["tcp:".Length..]}", UriKind.Absolute, out var url)
            && url is { Port: > 0, PathAndQuery: "" or "/", Host.Length: > 0 })
        {
            address = new HaProxyAddress(
                IPAddress.TryParse(url.Host.Trim('[', ']'), out var ip) ? new IPEndPoint(ip, url.Port) : new DnsEndPoint(url.Host, url.Port), text);
        }

        return address is not null;
    }

    public override string ToString() => Text;
}
