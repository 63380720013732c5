using System.Net;
using System.Net.Sockets;

namespace Ingest.TestKit;

/// <summary>
/// A port for a server that is restarted on the same port. It lies below the range from which the system takes the
/// ports of outgoing connections: while the server is down, a client that retries could otherwise be given this very
/// port for its own end and be connected to itself.
/// </summary>
public static class StablePort
{
    private const int First = 15_000;

    /// <summary>Where the outgoing ports of Linux begin (32,768 by default).</summary>
    private const int End = 32_000;

    public static int Choose()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Somebody else's: try another of the 17,000.
            }
        }
    }
}
