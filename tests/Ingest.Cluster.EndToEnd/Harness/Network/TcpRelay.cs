using System.Net;
using System.Net.Sockets;

namespace Ingest.Cluster.EndToEnd;

/// <summary>Hands connections to an address on to a port of this machine's loopback, where a server listens that knows no other address.</summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly int _port;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    /// <param name="address">Where it listens, at a port that the system chooses.</param>
    /// <param name="port">The port on loopback.</param>
    public TcpRelay(IPAddress address, int port)
    {
        _port = port;
        _listener = new TcpListener(address, 0);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = RelayAsync(client);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await server.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                // Whichever side ends first: the other is told by the end of its connection.
                await Task.WhenAny(
                    client.GetStream().CopyToAsync(server.GetStream(), ended.Token),
                    server.GetStream().CopyToAsync(client.GetStream(), ended.Token));
                await ended.CancelAsync();
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // The server is gone, or the test is over.
            }
        }
    }
}
