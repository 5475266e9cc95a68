from clarifai_grpc.grpc.api.status.status_pb2 import *
