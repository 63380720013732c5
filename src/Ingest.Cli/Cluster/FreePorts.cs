using System.Net;
using System.Net.Sockets;

namespace Ingest.Cli;

/// <summary>
/// TCP ports of loopback that are free. They lie below the range from which the system takes those of outgoing connections,
/// so that a silo which is down finds its port free when it comes back.
/// </summary>
internal static class FreePorts
{
    /// <summary>The first free ones from a number on.</summary>
    /// <exception cref="IOException">There are not that many.</exception>
    public static IReadOnlyList<int> From(int first, int count)
    {
        var found = new List<int>();
        for (var port = first; found.Count < count; port++)
        {
            if (port > IPEndPoint.MaxPort)
                throw new IOException($"There are no {count} free ports from {first} on.");
            if (IsFree(port))
                found.Add(port);
        }

        return found;
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
