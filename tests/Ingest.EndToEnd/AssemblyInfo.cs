// Each test runs a server, clients and sometimes a Ceph cluster on the few cores of a test machine: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(S3Fixture))]
