using System.Net;
using Ingest.Engine;
using Microsoft.AspNetCore.Http;

namespace Ingest.Collector;

/// <summary>What the collector itself knows of a request: the lake line's <c>collector</c> object.</summary>
/// <param name="Protocol">One of <see cref="ProtocolNames"/>.</param>
/// <param name="NetworkId">The visitor's network id; null where the protocol has none.</param>
/// <param name="IsAnonymous">True where the address must not be recorded.</param>
public readonly record struct RequestFacts(string Protocol, string? NetworkId = null, bool IsAnonymous = false)
{
    /// <summary>Stands for an address that is not recorded, as Snowplow's collector has it.</summary>
    private const string UnknownAddress = "unknown";

    /// <summary>
    /// Appends the object and makes it the batch's. Absent facts are left out; header values are cut at
    /// <see cref="HeaderText.LengthMax"/> bytes.
    /// </summary>
    public void Render(EventBatch batch, HttpContext context, CollectorSettings settings)
    {
        var headers = context.Request.Headers;
        var start = batch.Append("{\"ip\":\""u8).Offset;
        BatchText.AppendEscaped(batch, IsAnonymous ? UnknownAddress : Address(context, settings.TrustedProxies));
        AppendMember(batch, "\",\"user_agent\":\""u8, headers.UserAgent.ToString());
        AppendMember(batch, "\",\"protocol\":\""u8, Protocol);
        AppendMember(batch, "\",\"node\":\""u8, settings.Node);
        AppendMember(batch, "\",\"network_id\":\""u8, NetworkId);
        AppendMember(batch, "\",\"referer\":\""u8, headers.Referer.ToString());
        var end = batch.Append("\"}"u8);
        batch.Collector = new Slice(start, end.Offset + end.Length - start);
    }

    private static void AppendMember(EventBatch batch, ReadOnlySpan<byte> name, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        batch.Append(name);
        BatchText.AppendEscaped(batch, value);
    }

    /// <summary>The first address of X-Forwarded-For where a trusted proxy says so, else the connection's.</summary>
    private static string Address(HttpContext context, IReadOnlyList<IPNetwork> trustedProxies)
    {
        if (context.Connection.RemoteIpAddress is not { } peer)
            return UnknownAddress;
        if (peer.IsIPv4MappedToIPv6)
            peer = peer.MapToIPv4();
        var forwarded = context.Request.Headers["X-Forwarded-For"].ToString();
        if (forwarded.Length == 0 || !IsTrusted(peer, trustedProxies))
            return peer.ToString();
        var comma = forwarded.IndexOf(',', StringComparison.Ordinal);
        var first = (comma < 0 ? forwarded : forwarded[..comma]).Trim();
        return IPEndPoint.TryParse(first, out var client) ? client.Address.ToString() : peer.ToString();
    }

    /// <summary>Apart, so that its closure is made only where it is asked.</summary>
    private static bool IsTrusted(IPAddress peer, IReadOnlyList<IPNetwork> trustedProxies) =>
        trustedProxies.Any(network => network.Contains(peer));
}
