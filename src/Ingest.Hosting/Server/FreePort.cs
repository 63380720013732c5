using System.Net;
using System.Net.Sockets;

namespace Ingest.Hosting;

/// <summary>Chooses the TCP port on which a process listens for its peers, where the configuration names none.</summary>
public static class FreePort
{
    /// <summary>
    /// From here to below <see cref="End"/>. Ports that the system chooses itself lie above: between the look and the silo's own
    /// listening, a connection that leaves this machine could be given the same one.
    /// </summary>
    public const int First = 20_000;

    /// <summary>Where the ports of outgoing connections begin on Linux (32,768 by default; 49,152 on Windows and macOS).</summary>
    public const int End = 32_768;

    /// <summary>A free one, by chance, so that silos started at the same moment do not meet.</summary>
    /// <exception cref="IOException">Every port of a hundred was taken.</exception>
    public static int Choose()
    {
        const int TriesMax = 100;
        for (var attempt = 0; attempt < TriesMax; attempt++)
        {
            var port = Random.Shared.Next(First, End);
            if (IsFree(port))
                return port;
        }

        throw new IOException($"No free TCP port was found between {First} and {End}.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Any, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
