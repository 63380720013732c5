using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ingest.TestKit;

/// <summary>
/// TCP ports that no other test process chooses from while this one lives: between the choice and the start of the server,
/// or while the server is down, another test would find the port free. A file that is held open stands for each range.
/// </summary>
public sealed class PortRange : IDisposable
{
    /// <summary>Ports of a range: more than the tests of one process need at the same time.</summary>
    public const int Size = 250;

    private const int AllFirst = 15_000;

    /// <summary>
    /// From here on silos choose ports of their own, where none is named; and above those lie the outgoing ports of Linux
    /// (from 32,768 by default).
    /// </summary>
    private const int AllEnd = 20_000;

    private readonly FileStream _held;
    private uint _next = (uint)Random.Shared.Next(Size);

    private PortRange(int first, FileStream held) => (First, _held) = (first, held);

    /// <summary>The lowest of them.</summary>
    public int First { get; }

    /// <summary>Takes a range that no process has.</summary>
    /// <param name="folder">Where the files are; the same for all processes.</param>
    /// <exception cref="InvalidOperationException">Every range is taken.</exception>
    public static PortRange Take(string folder)
    {
        Directory.CreateDirectory(folder);
        // In any order, so that a process does not begin with the ports that the one before it has just left.
        var ranges = Enumerable.Range(0, (AllEnd - AllFirst) / Size).Select(range => AllFirst + (range * Size)).ToArray();
        Random.Shared.Shuffle(ranges);
        IOException? last = null;
        foreach (var first in ranges)
        {
            try
            {
                var path = Path.Combine(folder, first.ToString(CultureInfo.InvariantCulture));
                return new PortRange(first, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException taken)
            {
                last = taken;
            }
        }

        throw new InvalidOperationException($"Each of {ranges.Length} ranges of ports in {folder} is taken by another process.", last);
    }

    /// <summary>A port on which nothing listens; another one each time, until all were chosen.</summary>
    /// <exception cref="InvalidOperationException">Every port of the range is taken.</exception>
    public int Choose()
    {
        for (var tries = 0; tries < Size; tries++)
        {
            var port = First + (int)(Interlocked.Increment(ref _next) % Size);
            if (IsFree(port))
                return port;
        }

        throw new InvalidOperationException($"Every port from {First} to {First + Size - 1} is taken.");
    }

    /// <summary>Leaves the range to others.</summary>
    public void Dispose() => _held.Dispose();

    private static bool IsFree(int port)
    {
        using var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
