using System.Net;
using System.Net.Sockets;
using Ingest.Hosting;

namespace Ingest.Node.Tests;

public sealed class FreePortTests
{
    /// <summary>A port of the range from which outgoing connections are given theirs was taken by one before the silo listened.</summary>
    [Fact]
    public void A_port_is_never_one_of_outgoing_connections()
    {
        for (var i = 0; i < 200; i++)
        {
            var port = FreePort.Choose();
            Assert.InRange(port, FreePort.First, FreePort.End - 1);
            using var listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
        }
    }
}
