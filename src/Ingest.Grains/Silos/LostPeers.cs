using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Grains;

/// <summary>
/// Finds a silo that died long before probes do: when a connection to it ends and its port then refuses new ones, its
/// process is gone, and the others need not vote. A silo that cannot be reached, or does not answer, is left to the probes.
/// </summary>
/// <param name="services">Gives the membership, which itself needs connections to be made.</param>
/// <param name="options">How often, and with which pauses.</param>
/// <param name="time">Timers.</param>
/// <param name="log">Operational events.</param>
public sealed class LostPeers(IServiceProvider services, GrainOptions options, TimeProvider time, GrainLog log)
{
    /// <summary>Looks after a connection to another silo.</summary>
    public ConnectionDelegate Watch(ConnectionDelegate next) => async connection =>
    {
        try
        {
            await next(connection);
        }
        finally
        {
            if (connection.RemoteEndPoint is IPEndPoint peer)
                _ = Task.Run(() => LookAsync(peer));
        }
    };

    private async Task LookAsync(IPEndPoint peer)
    {
        try
        {
            var membership = services.GetRequiredService<IClusterMembershipService>();
            // Those known now: one that is started there meanwhile is not meant.
            var members = membership.CurrentSnapshot.Members.Values
                .Where(member => member.SiloAddress.Endpoint.Equals(peer) && member.Status is not (SiloStatus.None or SiloStatus.Dead))
                .ToList();
            if (members.Count == 0 || !await IsGoneAsync(peer))
                return;
            foreach (var member in members)
            {
                if (await membership.TryKill(member.SiloAddress))
                    log.PeerDied(member.Name, peer);
            }
        }
        catch (Exception exception)
        {
            // This silo stops, or the database is away. Probes find out too.
            log.PeerNotJudged(exception, peer);
        }
    }

    private async Task<bool> IsGoneAsync(IPEndPoint peer)
    {
        for (var refusals = 0; refusals < options.PeerRefusals; refusals++)
        {
            await Task.Delay(options.PeerRefusalPause, time);
            if (!await RefusesAsync(peer))
                return false;
        }

        return true;
    }

    /// <summary>True where the machine is there and says that nobody listens.</summary>
    private async Task<bool> RefusesAsync(IPEndPoint peer)
    {
        using var socket = new Socket(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var timeout = new CancellationTokenSource(options.PeerConnectTimeout, time);
        try
        {
            await socket.ConnectAsync(peer, timeout.Token);
            return false;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
